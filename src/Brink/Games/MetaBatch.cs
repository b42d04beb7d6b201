namespace Brink.Games;

/// <summary>One batch of games in meta-training: a sequence of unrolls, with an update of the weights after
/// each.</summary>
internal sealed class MetaBatch(
    MetaTraining training, QuadraticGames games, Tensor starts, TrainedWeights fast, TrainedWeights? slow, double rate)
{
    // The slow network is not updated where its loss is larger.
    private const double LargestDistance = 1e5;

    private double _loss;
    private int _unrolls;

    public TrainedWeights Fast { get; private set; } = fast;

    public TrainedWeights? Slow { get; private set; } = slow;

    public long Steps { get; private set; }

    public double MeanLoss => _loss / _unrolls;

    /// <summary>Plays to the horizon, or until a rule ends the batch early.</summary>
    public BatchEnd? Play(int horizon)
    {
        var map = games.DirectionMap();
        var (state, behind) = (Unroll.Start(starts, training.Hidden), Unroll.Start(starts, training.Hidden));
        var first = games.Xi(starts).square().sum(dim: 1);
        while (Steps < horizon)
        {
            using var scope = NewDisposeScope();
            var length = (int)Math.Min(training.UnrollLength, horizon - Steps);
            var (next, loss, gradient, path, norm) = state.Play(Leaves(Fast), map, length, training.Loss, first);
            Steps += length;
            (_loss, _unrolls) = (_loss + loss, _unrolls + 1);
            if (MetaTraining.EndReason(loss, norm) is { } end) return end;
            Fast = MetaTraining.Updated(Fast, gradient, rate).MovedOut(scope);
            state = next.MovedOut(scope);
            if (Slow is not null && training.Slow is { } rule) behind = Follow(behind, map, path, rule).MovedOut(scope);
            if (Slow is not null) Slow = Slow.MovedOut(scope);
        }
        return null;
    }

    private Unroll Follow(Unroll behind, (Tensor D, Tensor d) map, Tensor[] path, SlowOptimizer rule)
    {
        var points = path.Where((_, t) => (Steps - path.Length + t + 1) % rule.Frequency == 0).ToArray();
        if (points.Length == 0) return behind;
        var (next, distance, gradient) = behind.Follow(Leaves(Slow!), map, points);
        if (!(Math.Abs(distance) < LargestDistance)) return next;
        var updated = MetaTraining.Updated(Slow!, gradient, rate);
        Slow = updated with { Theta = Fast.Theta.lerp(updated.Theta, rule.Memory) };
        return next;
    }

    private LearnedOptimizer Leaves(TrainedWeights weights) => LearnedOptimizer.Of(weights.Theta, training.Hidden, training.Reach).Leaves();
}
