namespace Brink.Zoo.Models;

/// <summary>A fully connected network as a function of one flat parameter vector theta [p].</summary>
/// <remarks>theta holds, layer by layer, the weights [out,in] row by row and then the bias [out]; p is the
/// sum of out (in + 1). The last layer is linear.</remarks>
/// <param name="Widths">Units of the input, of each hidden layer and of the output: at least two.</param>
/// <param name="Activation">After every layer but the last.</param>
public sealed record Mlp(IReadOnlyList<int> Widths, Activation Activation)
{
    /// <summary>p.</summary>
    public long Dimension => Sizes.Sum();

    private long[] Sizes =>
        [.. Enumerable.Range(0, Widths.Count - 1).SelectMany(i => new[] { (long)Widths[i + 1] * Widths[i], Widths[i + 1] })];

    /// <summary>theta [p] in float64: weights uniform in +-1/sqrt(in), biases zero (Damian et al. 2023, as in
    /// their code).</summary>
    public Tensor Initial(long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        var parts = new List<Tensor>();
        for (var i = 0; i + 1 < Widths.Count; i++)
        {
            var (fanIn, fanOut) = (Widths[i], Widths[i + 1]);
            var uniform = rand((long)fanOut * fanIn, dtype: ScalarType.Float64, generator: generator);
            parts.Add((2 * uniform - 1) / Math.Sqrt(fanIn));
            parts.Add(zeros(fanOut, dtype: ScalarType.Float64));
        }
        return scope.MoveToOuter(cat(parts));
    }

    /// <summary>theta [p] and inputs [n,...], flattened to [n,in], to outputs [n,out].</summary>
    public Tensor Outputs(Tensor theta, Tensor inputs)
    {
        // One split: its derivative puts the layers' gradients together once, where a slice for each would
        // add whole vectors.
        var parts = theta.split(Sizes);
        var h = inputs.flatten(1);
        for (var i = 0; i + 1 < Widths.Count; i++)
        {
            var weight = parts[2 * i].view(Widths[i + 1], Widths[i]);
            var z = nn.functional.linear(h, weight, parts[(2 * i) + 1]);
            h = i + 2 < Widths.Count ? Activation.Of(z) : z;
        }
        return h;
    }
}
