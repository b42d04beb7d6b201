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

/// <summary>Where meta-training is, between two epochs: everything that a checkpoint holds.</summary>
/// <param name="Fast">The network that learns from the loss.</param>
/// <param name="Slow">The one that learns from it, once there is one.</param>
/// <param name="Best">Weights [P] that validation keeps, once there was one.</param>
/// <param name="Epoch">Batches so far.</param>
/// <param name="Level">Of the horizons.</param>
/// <param name="BestScore">Of the kept weights.</param>
/// <param name="BestEpoch">When they were found.</param>
public sealed record MetaState(
    TrainedWeights Fast, TrainedWeights? Slow, Tensor? Best, long Epoch, int Level, double BestScore, long BestEpoch) : IDisposable
{
    /// <summary>Random weights, as PyTorch begins: uniform within 1/sqrt(h). Those of the output are divided
    /// by the reach: coefficients begin as large as they would without.</summary>
    internal static MetaState Start(int hidden, double reach, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)(seed * 1_000_003), CPU);
        var theta = ((2 * rand(LearnedOptimizer.Size(hidden), generator: generator)) - 1) / Math.Sqrt(hidden);
        LearnedOptimizer.Of(theta, hidden).OutputWeights.div_(reach);
        return new MetaState(new(theta, AdamMoments.Start(theta)), null, null, 0, 0, double.PositiveInfinity, 0).MovedOut(scope);
    }

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

    public static MetaState Restored(Snapshot from) => new(
        TrainedWeights.Restored(from.Part("fast")),
        from.Part("slow").Has("theta") ? TrainedWeights.Restored(from.Part("slow")) : null,
        from.Has("best") ? from.Tensor("best") : null,
        from.Whole("epoch"),
        (int)from.Whole("level"),
        from.Number("best_score"),
        from.Whole("best_epoch"));

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
