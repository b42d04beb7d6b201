namespace Brink.Taylor;

/// <summary>Coordinates in which the Hessian of a described loss has the same trace as in the parameters, and far fewer of them: one
/// for each unit of a dense layer in place of the unit's weights.</summary>
/// <remarks>
/// <para>Let z_si = sum_j W_ij a_sj be unit i of a dense layer at sample s. If the weights are used nowhere else, and the loss is a sum
/// over samples, then d²L/dW_ij² = sum_s a_sj² d²L/dz_si². Its sum over j is d²L/dc_i² at c = 0 of the loss with z_si + |a_s| c_i in
/// place of z_si, where |a_s| is a constant.</para>
/// <para>The weights of such layers are constants here, and every other parameter is a coordinate of its own: biases, kernels, norms,
/// and weights whose rows are not samples, as in a sequence. The network 3072-64-64-4 has 201,092 parameters and 264
/// coordinates.</para>
/// </remarks>
public sealed class UnitShifts
{
    private readonly long _samples;
    private readonly Func<long, long, Value> _loss;
    private readonly double _weight;
    private readonly int? _tile;
    private readonly SortedDictionary<long, long> _shifts = [];                        // first coordinate by offset of the weights
    private readonly SortedDictionary<long, (long First, long Size)> _others = [];   // the same of other parameters

    /// <param name="dimension">Number of parameters p.</param>
    /// <param name="samples">Number of samples n, at least 1.</param>
    /// <param name="loss">Maps the first sample of a tile and their number to the sum of their losses, a value [1]; as for
    /// <see cref="TaylorLoss.Over(long, long, ScalarType, Func{long, long, Value}, double, long, int?)"/>.</param>
    /// <param name="weight">Weight of a sample: 1/n for a mean.</param>
    /// <param name="tile">Samples of a tile; null to choose by size.</param>
    /// <param name="weightDecay">Coefficient lambda of an added term lambda/2 ||theta||^2.</param>
    public UnitShifts(
        long dimension, long samples, Func<long, long, Value> loss, double weight, int? tile = null, double weightDecay = 0)
    {
        (_samples, _loss, _weight, _tile, Remainder) = (samples, loss, weight, tile, weightDecay * dimension);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // Rows are samples where there are as many of both, whatever their number.
        var one = loss(0, 1);
        var layers = DenseLayers(one, 1);
        if (samples > 1) foreach (var other in layers.Keys.Except(DenseLayers(loss(0, 2), 2).Keys).ToArray()) layers.Remove(other);
        foreach (var (offset, units) in layers)
        {
            _shifts[offset] = Dimension;
            Dimension += units;
        }
        foreach (var value in Topology.Of(one))
        {
            if (value.Primitive is not Parameter { Offset: var offset } || layers.ContainsKey(offset)) continue;
            if (!_others.TryAdd(offset, (Dimension, value.Size))) continue;
            Dimension += value.Size;
        }
    }

    /// <summary>Number of coordinates, and of products for the trace.</summary>
    public long Dimension { get; }

    /// <summary>The part of the trace that is in no coordinate: lambda p of weight decay.</summary>
    public double Remainder { get; }

    /// <summary>Returns the loss in these coordinates around a point.</summary>
    /// <param name="theta">Parameters [p].</param>
    /// <returns>The loss, which the caller disposes, and the coordinates of the point.</returns>
    /// <exception cref="ForeignPrimitiveException">The model has a primitive that the engine lacks.</exception>
    public (TaylorLoss Loss, Tensor Point) At(Tensor theta)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var at = theta.detach();
        var point = zeros(Dimension, dtype: theta.dtype);
        foreach (var (offset, (first, size)) in _others) point.narrow(0, first, size).copy_(at.narrow(0, offset, size));
        var loss = TaylorLoss.Over(
            Dimension, _samples, theta.dtype, (start, count) => Shifted(_loss(start, count), at), _weight, tile: _tile);
        return (loss, scope.MoveToOuter(point));
    }

    /// <summary>Rewrites a loss in the coordinates: what does not depend on them becomes a constant.</summary>
    private Value Shifted(Value loss, Tensor theta)
    {
        var made = new Dictionary<Value, (Value Shifted, Tensor At)>(ReferenceEqualityComparer.Instance);
        foreach (var value in Topology.Of(loss))
            made[value] = value.Primitive is Parameter parameter ? Leaf(value, parameter) : Inner(value);
        return made[loss].Shifted;

        (Value, Tensor) Leaf(Value value, Parameter parameter)
        {
            var at = theta.narrow(0, parameter.Offset, value.Size).view([.. value.Shape]);
            return (_others.TryGetValue(parameter.Offset, out var own) ? Value.Parameter(own.First, value.Shape) : Value.Constant(at), at);
        }

        (Value, Tensor) Inner(Value value)
        {
            var operands = value.Operands.Select(operand => made[operand]).ToArray();
            var at = value.Primitive.Torch([.. operands.Select(operand => operand.At)]);
            if (at.is_floating_point()) at = at.to(theta.dtype);
            var shifted = operands.All(operand => operand.Shifted.Primitive is Constant)
                ? Value.Constant(at)
                : Value.Of(value.Primitive, [.. operands.Select(operand => operand.Shifted)]);
            if (value.Primitive is Dense && Weights(value) is { } offset && _shifts.TryGetValue(offset, out var first))
                shifted += Value.Constant(operands[0].At.norm(1, keepdim: true)).Times(Value.Parameter(first, [value.Last, 1]));
            return (shifted, at);
        }
    }

    /// <summary>The dense layers whose rows are samples and whose weights nothing else uses: number of units by offset of the
    /// weights.</summary>
    private static SortedDictionary<long, long> DenseLayers(Value loss, long count)
    {
        var order = Topology.Of(loss);
        var uses = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        foreach (var operand in order.SelectMany(value => value.Operands)) uses[operand] = uses.GetValueOrDefault(operand) + 1;
        var layers = new SortedDictionary<long, long>();
        foreach (var value in order)
        {
            if (value.Primitive is not Dense || value.Operands[0].Shape is not [var rows, _] || rows != count) continue;
            if (Weights(value) is { } offset && Chain(value.Operands[1]).All(link => uses[link] == 1)) layers[offset] = value.Last;
        }
        // Two values of the same parameter are two uses.
        var leaves = order.Select(value => value.Primitive).OfType<Parameter>().GroupBy(leaf => leaf.Offset);
        foreach (var again in leaves.Where(group => group.Count() > 1)) layers.Remove(again.Key);
        return layers;
    }

    /// <summary>The offset of the parameter whose elements, each once, are the weights of a dense layer; null if there is none.</summary>
    private static long? Weights(Value dense) =>
        Chain(dense.Operands[1]).Last().Primitive is Parameter { Offset: var offset } ? offset : null;

    /// <summary>A value and what it is a permutation of.</summary>
    private static IEnumerable<Value> Chain(Value value)
    {
        yield return value;
        while (value.Primitive is Reshaped || (value.Primitive is Rearranged moved && IsPermutation(moved, value.Operands[0])))
        {
            value = value.Operands[0];
            yield return value;
        }
    }

    private static bool IsPermutation(Rearranged moved, Value of) =>
        moved.To.IsPermutation(moved.Box, moved.Shape.Product) && moved.From.IsPermutation(moved.Box, of.Size);
}
