namespace Brink.Taylor;

/// <summary>Evaluates described values by libtorch's operators.</summary>
public static class TorchEvaluation
{
    /// <param name="value">Value to evaluate.</param>
    /// <param name="theta">Vector theta [p], which contains the parameters.</param>
    /// <returns>The result, differentiable by theta.</returns>
    /// <remarks>theta is split once: the derivative of a split joins the parts' gradients once, while one slice per parameter
    /// would add whole vectors.</remarks>
    public static Tensor Evaluate(this Value value, Tensor theta)
    {
        var order = Topology.Of(value);
        var parameters = order.Where(node => node.Primitive is Parameter)
            .OrderBy(node => ((Parameter)node.Primitive).Offset).ToArray();
        var results = new Dictionary<Value, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (parameter, part) in parameters.Zip(Parts(parameters, theta)))
            results[parameter] = part.view([.. parameter.Shape]);
        foreach (var node in order.Where(node => node.Primitive is not Parameter))
            results[node] = InPrecision(node.Primitive.Torch([.. node.Operands.Select(operand => results[operand])]), theta.dtype);
        return results[value];
    }

    // Constants come in any precision.
    private static Tensor InPrecision(Tensor value, ScalarType precision) =>
        value.is_floating_point() && value.dtype != precision ? value.to(precision) : value;

    /// <summary>The parts of theta that are parameters, without the gaps between them.</summary>
    private static IEnumerable<Tensor> Parts(IReadOnlyList<Value> parameters, Tensor theta)
    {
        var sizes = new List<long>();
        var wanted = new List<int>();
        var end = 0L;
        foreach (var parameter in parameters)
        {
            var offset = ((Parameter)parameter.Primitive).Offset;
            if (offset > end) sizes.Add(offset - end);
            wanted.Add(sizes.Count);
            sizes.Add(parameter.Size);
            end = offset + parameter.Size;
        }
        if (end < theta.shape[0]) sizes.Add(theta.shape[0] - end);
        if (sizes.Count == 0) return [];
        var parts = theta.split([.. sizes]);
        return wanted.Select(i => parts[i]);
    }
}

internal static class Topology
{
    /// <summary>Lists a value and everything that it is made of, operands first.</summary>
    public static IReadOnlyList<Value> Of(Value value)
    {
        var order = new List<Value>();
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        Visit(value);
        return order;

        void Visit(Value node)
        {
            if (!seen.Add(node)) return;
            foreach (var operand in node.Operands) Visit(operand);
            order.Add(node);
        }
    }
}
