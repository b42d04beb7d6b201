using Brink.Kernels;
using Brink.Taylor;

namespace Brink.Tests.Taylor;

/// <summary>Every elementwise function that the engine or a test defines, found by its type, and some of them with other
/// constants.</summary>
internal static class ElementwiseFunctions
{
    // Poles that no finite number meets.
    private static readonly string[] PeriodicPoles = ["tan"];

    public static IReadOnlyDictionary<string, Unary> All { get; } = new[] { typeof(IElementwise), typeof(ElementwiseFunctions) }
        .SelectMany(type => type.Assembly.GetTypes())
        .Where(type => type.IsValueType && type.IsAssignableTo(typeof(IElementwise)))
        .Select(type => (IElementwise)Activator.CreateInstance(type)!)
        .Select(f => KeyValuePair.Create(f.Name, Applied(f)))
        .Concat(WithConstants())
        .ToDictionary(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Returns the numbers around which the function is finite.</summary>
    public static double[] Defined(string name, IEnumerable<double> numbers)
    {
        using var scope = NewDisposeScope();
        double[] probes = [.. Enumerable.Range(-13 * 16, (2 * 13 * 16) + 1).Select(i => i / 16.0)];
        var finite = All[name].Torch([tensor(probes)]).isfinite().data<bool>().ToArray();
        var largest = PeriodicPoles.Contains(name) ? 1 : double.PositiveInfinity;
        double[] undefined = [.. probes.Where((_, i) => !finite[i])];
        return [.. numbers.Where(x => Math.Abs(x) < largest && !undefined.Any(probe => Math.Abs(x - probe) <= 0.5))];
    }

    /// <summary>Moves any number to where the function is finite.</summary>
    public static Value Within(string name, Value x)
    {
        double[] numbers = [-10, -0.3, 0, 0.3, 0.8, 10];
        return Defined(name, numbers) switch
        {
            [-10, -0.3, 0, .., 10] => x,
            [.., 0.8, 10] => x.Softplus(),
            [.., 10] => x.Softplus().Exp(),
            _ => 0.5 * x.Tanh(),
        };
    }

    private static Unary Applied(IElementwise f) => (Unary)Activator.CreateInstance(typeof(Unary<>).MakeGenericType(f.GetType()), f)!;

    private static IEnumerable<KeyValuePair<string, Unary>> WithConstants()
    {
        foreach (var p in new[] { -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.7, 4, 7, 10 })
            yield return new($"power {p}", new Unary<Power>(new(p)));
        yield return new("elu 0.6", new Unary<Elu>(new(0.6, 1, 1)));
        yield return new("selu", new Unary<Elu>(new(1.6732632423543772848, 1.0507009873554804934, 1)));
        yield return new("celu 1.7", new Unary<Elu>(new(1.7, 1, 1 / 1.7)));
        yield return new("softplus 2 5", new Unary<Softplus>(new(2, 5)));
        yield return new("quick-gelu", new Unary<Swish>(new(1.702)));
        yield return new("leaky-relu -0.3", new Unary<LeakyRelu>(new(-0.3)));
        yield return new("hard-sigmoid 0.2", new Unary<HardSigmoid>(new(0.2, 0.5)));
        yield return new("hard-tanh 0 6", new Unary<HardTanh>(new(0, 6)));
        yield return new("clip 0 inf", new Unary<Clip>(new(0, double.PositiveInfinity)));
        yield return new("thresholded-relu -0.5", new Unary<ThresholdedRelu>(new(-0.5)));
    }
}
