using Brink.Taylor;

namespace Brink.Graphs.Tests.Aten;

/// <summary>A call of an operator of ATen.</summary>
/// <param name="Name">Name of the operator without <c>aten.</c></param>
/// <param name="Arguments">Arguments by name.</param>
internal sealed record AtenCase(string Name, params (string Name, object Value)[] Arguments)
{
    public string Operator => "aten." + Name;

    /// <summary>The results as functions of the parameters, and the parameters [p].</summary>
    public (Quantity[] Results, Tensor Theta) Evaluate()
    {
        using var generator = new Generator(17, CPU);
        var scope = new GraphScope();
        var theta = new List<Tensor>();
        var (offset, count) = (0L, 0);
        var attributes = Arguments.ToDictionary(argument => argument.Name, argument => Argument(argument.Value), StringComparer.Ordinal);
        var node = new GraphNode(Operator, 1, "node", "", [], attributes, [.. Enumerable.Range(0, 8).Select(i => $"y{i}")]);
        return (Graphs.Operator.Find(Vocabulary.Aten, Operator)!.Compute(new(node, scope)), cat([.. theta]));

        Argument Argument(object value) => value switch
        {
            long integer => new Argument.Integer(integer),
            double number => new Argument.Number(number),
            string text => new Argument.Text(text),
            long[] integers => new Argument.List([.. integers.Select(integer => new Argument.Integer(integer))]),
            object[] list => new Argument.List([.. list.Select(Argument)]),
            Tensor data => Reference(Quantity.Of(data)),
            _ => Parameter((Moving)value),
        };

        Argument Parameter(Moving moving)
        {
            var size = moving.Shape.Aggregate(1L, (product, n) => product * n);
            theta.Add(moving.Low + ((moving.High - moving.Low) * rand(size, dtype: ScalarType.Float64, generator: generator)));
            offset += size;
            return Reference(Quantity.Of(Value.Parameter(offset - size, [size]), moving.Shape));
        }

        Argument Reference(Quantity value)
        {
            var name = $"x{count++}";
            scope[name] = value;
            return new Argument.Reference(name);
        }
    }
}
