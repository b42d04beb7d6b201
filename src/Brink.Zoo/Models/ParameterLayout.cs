using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>One tensor of a model's parameters; its initial values are uniform in Mean +- Spread.</summary>
public sealed record Parameter(string Name, IReadOnlyList<long> Shape, double Spread, double Mean = 0)
{
    /// <summary>Number of entries.</summary>
    public long Size => Shape.Aggregate(1L, (product, n) => product * n);

    /// <summary>Returns weights with initial values uniform in +-1/sqrt(fan-in), as in the authors' code (Damian et al.
    /// 2023). The first size is the number of outputs; the product of the others is the fan-in.</summary>
    public static Parameter Weight(string name, params long[] shape) =>
        new(name, shape, 1 / Math.Sqrt(shape.Skip(1).Aggregate(1.0, (product, n) => product * n)));

    /// <summary>Returns a parameter whose initial values are 0.</summary>
    public static Parameter Zeros(string name, params long[] shape) => new(name, shape, 0);

    /// <summary>Returns a parameter whose initial values are 1.</summary>
    public static Parameter Ones(string name, params long[] shape) => new(name, shape, 0, Mean: 1);
}

/// <summary>The parameters of a model, one after the other in one flat vector theta [p].</summary>
public sealed class ParameterLayout(params IEnumerable<Parameter> parameters)
{
    /// <summary>The parameters in the order of theta.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = [.. parameters];

    /// <summary>Number of entries p.</summary>
    public long Dimension => Parameters.Sum(parameter => parameter.Size);

    /// <summary>Returns the initial theta [p] in float64.</summary>
    public Tensor Initial(long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        return scope.MoveToOuter(cat(Parameters.Select(Start).ToList()));

        Tensor Start(Parameter parameter)
        {
            if (parameter.Spread == 0) return full(parameter.Size, parameter.Mean, dtype: ScalarType.Float64);
            var uniform = rand(parameter.Size, dtype: ScalarType.Float64, generator: generator);
            return parameter.Mean + (2 * uniform - 1) * parameter.Spread;
        }
    }

    /// <summary>Returns the parameters as parts of theta, in order, each in its shape.</summary>
    public Queue<Value> Values()
    {
        var values = new Queue<Value>();
        var offset = 0L;
        foreach (var parameter in Parameters)
        {
            values.Enqueue(Value.Parameter(offset, parameter.Shape));
            offset += parameter.Size;
        }
        return values;
    }

    /// <summary>Returns the name of the parameter that contains entry i of theta, with the indices in it.</summary>
    public string At(long i)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, Dimension);
        var parameter = Parameters.First(parameter => (i -= parameter.Size) < 0);
        i += parameter.Size;
        var indices = new long[parameter.Shape.Count];
        for (var axis = indices.Length - 1; axis >= 0; axis--) (i, indices[axis]) = Math.DivRem(i, parameter.Shape[axis]);
        return $"{parameter.Name}[{string.Join(',', indices)}]";
    }

    /// <summary>Splits theta into its parameters, in order, each in its shape.</summary>
    public IReadOnlyList<Tensor> Split(Tensor theta) =>
    [
        .. theta.split([.. Parameters.Select(parameter => parameter.Size)])
            .Zip(Parameters, (part, parameter) => part.view([.. parameter.Shape])),
    ];
}
