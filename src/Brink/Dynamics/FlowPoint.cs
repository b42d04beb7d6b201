using Brink.Algebra;

namespace Brink.Dynamics;

/// <summary>A point of the gradient flow.</summary>
public sealed class FlowPoint : IDisposable
{
    internal FlowPoint(Point point, double substep, FlowSubstep? around) => (Point, Substep, Around) = (point, substep, around);

    /// <summary>The sampled point, with its loss and gradient.</summary>
    public Point Point { get; }

    /// <summary>The time that the error allows for the next substep.</summary>
    public double Substep { get; }

    /// <summary>The substep that contains the point; null where the flow starts.</summary>
    internal FlowSubstep? Around { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Point.Dispose();
        Around?.Dispose();
    }
}

/// <summary>A substep of the Dormand-Prince pair with its continuous extension of order 4 (Hairer, Norsett and Wanner, Solving
/// Ordinary Differential Equations I, section II.6; coefficients of their code DOPRI5).</summary>
/// <param name="begin">theta at the beginning [p].</param>
/// <param name="end">theta at the end [p].</param>
/// <param name="slopes">grad L [p] at the first stage and at the third to the last stage; the last stage is the end.</param>
/// <param name="length">Duration of the substep.</param>
/// <param name="passed">Time from its beginning to the last sampled point.</param>
internal sealed class FlowSubstep(Tensor begin, Tensor end, IReadOnlyList<Tensor> slopes, double length, double passed = 0) : IDisposable
{
    // Weights of the slopes in the end point.
    private static readonly double[] Whole = [GradientFlow.Stages[^1][0], .. GradientFlow.Stages[^1].Skip(2), 0];

    // Weights of the slopes in what the extension adds to cubic interpolation.
    private static readonly double[] Beyond =
    [
        -12715105075.0 / 11282082432, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072, 701980252875.0 / 199316789632,
        -1453857185.0 / 822651844, 69997945.0 / 29380423,
    ];

    public Tensor End => end;

    public IReadOnlyList<Tensor> Slopes => slopes;

    public double Length => length;

    public double Passed => passed;

    private IEnumerable<Tensor> Tensors => [begin, end, .. slopes];

    /// <summary>Returns theta [p] at a time after the beginning, at most the length.</summary>
    public Tensor At(double time)
    {
        var s = time / length;
        var (rest, last) = (1 - s, slopes.Count - 1);
        var weights = Enumerable.Range(0, slopes.Count).Select(i => s * (
            ((s + (2 * s * rest)) * Whole[i]) + (rest * rest * s * Beyond[i]) + (i == 0 ? rest * rest : i == last ? -s * rest : 0)));
        return Moved(begin, length, [.. weights], slopes);
    }

    /// <summary>Returns theta minus h times a combination of slopes [p].</summary>
    public static Tensor Moved(Tensor theta, double h, double[] weights, IReadOnlyList<Tensor> slopes)
    {
        var w = new double[1, weights.Length + 1];
        w[0, 0] = 1;
        for (var i = 0; i < weights.Length; i++) w[0, i + 1] = -h * weights[i];
        return Multivector.Combine(w, [theta, .. slopes.Take(weights.Length)]).Rows[0];
    }

    /// <summary>Returns the same substep with shared tensors, up to a time after its beginning.</summary>
    public FlowSubstep UpTo(double until) => new(
        begin.alias().DetachFromDisposeScope(),
        end.alias().DetachFromDisposeScope(),
        [.. slopes.Select(slope => slope.alias().DetachFromDisposeScope())],
        length,
        until);

    /// <summary>Moves the tensors to the dispose scope around the current one.</summary>
    public FlowSubstep MovedToOuter()
    {
        foreach (var tensor in Tensors) tensor.MoveToOuterDisposeScope();
        return this;
    }

    public void Save(Snapshot to)
    {
        to.Set("length", length);
        to.Set("passed", passed);
        to.Set("begin", begin);
        to.Set("end", end);
        for (var i = 0; i < slopes.Count; i++) to.Set($"slope_{i}", slopes[i]);
    }

    public static FlowSubstep Restored(Snapshot from) => new(
        from.Tensor("begin"),
        from.Tensor("end"),
        [.. Enumerable.Range(0, Whole.Length).Select(i => from.Tensor($"slope_{i}"))],
        from.Number("length"),
        from.Number("passed"));

    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }
}
