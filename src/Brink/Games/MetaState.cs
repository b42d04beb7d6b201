using Brink.Algebra;

namespace Brink.Games;

/// <summary>Weights in training [P], and Adam's memory of them.</summary>
public sealed record TrainedWeights(Tensor Theta, AdamMoments Moments)
{
    internal TrainedWeights Copied() => new(
        Theta.clone(), Moments with { Mean = Moments.Mean.clone(), Square = Moments.Square.clone() });

    internal TrainedWeights MovedOut(DisposeScope scope)
    {
        foreach (var tensor in Tensors) scope.MoveToOuter(tensor);
        return this;
    }

    internal IEnumerable<Tensor> Tensors => [Theta, Moments.Mean, Moments.Square];

    internal void Save(Snapshot to)
    {
        to.Set("theta", Theta);
        to.Set("mean", Moments.Mean);
        to.Set("square", Moments.Square);
        to.Set("steps", Moments.Steps);
    }

    internal static TrainedWeights Restored(Snapshot from) =>
        new(from.Tensor("theta"), new(from.Tensor("mean"), from.Tensor("square"), from.Whole("steps")));
}

/// <summary>State of meta-training between two epochs: everything that a checkpoint holds.</summary>
/// <param name="Fast">Network that learns from the loss.</param>
/// <param name="Slow">Network that learns from the fast one; null before it is made.</param>
/// <param name="Best">Weights [P] kept by validation; null before the first validation.</param>
/// <param name="Epoch">Number of batches played.</param>
/// <param name="Level">Level of the horizons.</param>
/// <param name="BestScore">Score of the kept weights.</param>
/// <param name="BestEpoch">Epoch of the kept weights.</param>
public sealed record MetaState(
    TrainedWeights Fast, TrainedWeights? Slow, Tensor? Best, long Epoch, int Level, double BestScore, long BestEpoch) : IDisposable
{
    /// <summary>Draws random weights as PyTorch does: uniform within 1/sqrt(h). The output weights are divided
    /// by the reach, so that the first coefficients are as large as with a reach of 1.</summary>
    internal static MetaState Start(int hidden, double reach, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)(seed * 1_000_003), CPU);
        var theta = ((2 * rand(LearnedOptimizer.Size(hidden), generator: generator)) - 1) / Math.Sqrt(hidden);
        LearnedOptimizer.Of(theta, hidden).OutputWeights.div_(reach);
        return new MetaState(new(theta, AdamMoments.Start(theta)), null, null, 0, 0, double.PositiveInfinity, 0).MovedOut(scope);
    }

    /// <summary>Saves the state, which must outlive the snapshot.</summary>
    public void Save(Snapshot to)
    {
        Fast.Save(to.Part("fast"));
        Slow?.Save(to.Part("slow"));
        if (Best is not null) to.Set("best", Best);
        to.Set("epoch", Epoch);
        to.Set("level", Level);
        to.Set("best_score", BestScore);
        to.Set("best_epoch", BestEpoch);
    }

    /// <summary>Restores a saved state, which the caller owns.</summary>
    public static MetaState Restored(Snapshot from) => new(
        TrainedWeights.Restored(from.Part("fast")),
        from.Part("slow").Has("theta") ? TrainedWeights.Restored(from.Part("slow")) : null,
        from.Has("best") ? from.Tensor("best") : null,
        from.Whole("epoch"),
        (int)from.Whole("level"),
        from.Number("best_score"),
        from.Whole("best_epoch"));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    internal MetaState Copied() => this with { Fast = Fast.Copied(), Slow = Slow?.Copied(), Best = Best?.clone() };

    internal MetaState MovedOut(DisposeScope scope)
    {
        foreach (var tensor in Tensors) scope.MoveToOuter(tensor);
        return this;
    }

    private IEnumerable<Tensor> Tensors => [.. Fast.Tensors, .. Slow?.Tensors ?? [], .. Best is null ? [] : new[] { Best }];
}
