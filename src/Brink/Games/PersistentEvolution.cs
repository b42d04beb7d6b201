namespace Brink.Games;

/// <summary>Trains the numbers theta of a rule by persistent evolution strategies (Vicol, Metz and Sohl-Dickstein, ICML 2021,
/// algorithm 2): pairs of games with theta + e and theta - e continue through the truncations of their horizon, and
/// g = (N sigma^2)^-1 sum xi (L+ - L-)/2, where xi is the sum of the perturbations e since a pair began.</summary>
/// <remarks>
/// <para>The accumulated perturbation carries the effect of earlier perturbations on the present loss. With the present one alone
/// (<see cref="Estimate"/> of e), the estimate is that of a truncated gradient, which is biased.</para>
/// <para>Departs from the paper: (1) the ends of the pairs' first games are staggered over the horizon; (2) a difference of losses
/// is clipped; a loss that is not finite counts as above every other, and its pair begins a new game; (3) where the mean
/// loss over a horizon rises by <paramref name="Rise"/> above the least one, theta at that point is restored, and the rate is halved;
/// (4) the result is the mean of theta over the last share of the steps.</para>
/// </remarks>
/// <param name="Games">Games that are played.</param>
/// <param name="Initial">Theta at the start.</param>
/// <param name="Horizon">Steps of a game.</param>
/// <param name="Steps">Number of steps of the training.</param>
/// <param name="Pairs">Number N of antithetic pairs.</param>
/// <param name="Truncation">Steps of a game between two estimates; a divisor of the horizon.</param>
/// <param name="Sigma">Standard deviation of a perturbation.</param>
/// <param name="Clip">Largest difference of the losses of a pair.</param>
/// <param name="LearningRate">Learning rate of Adam until the half of the steps.</param>
/// <param name="LaterRate">Learning rate afterwards.</param>
/// <param name="GradientClip">Largest norm of an estimate.</param>
/// <param name="Averaged">Share of the steps, the last ones, over which theta is averaged.</param>
/// <param name="Rise">Rise of the mean loss at which the best theta is restored.</param>
/// <param name="Seed">Seed of all random numbers.</param>
public sealed record PersistentEvolution(
    IEvolvedGames Games,
    IReadOnlyList<double> Initial,
    int Horizon,
    int Steps,
    int Pairs = 16,
    int Truncation = 50,
    double Sigma = 0.1,
    double Clip = 1,
    double LearningRate = 0.03,
    double LaterRate = 0.012,
    double GradientClip = 6,
    double Averaged = 0.3,
    double Rise = 0.3,
    long Seed = 1)
{
    private int Truncations => Horizon / Truncation;

    /// <summary>Returns the state before the first step.</summary>
    public EvolutionState Start()
    {
        using var scope = NewDisposeScope();
        var theta = tensor(Initial.ToArray());
        var pairs = Enumerable.Range(0, Pairs).Select(i => new EvolvedPair(i, 0, FirstEnd(i))).ToArray();
        return new EvolutionState(
            theta, AdamMoments.Start(theta), zeros_like(theta), 0, zeros(Pairs, theta.shape[0], dtype: theta.dtype),
            Games.Start(Seeds(pairs)), pairs, Pairs, 0, [], theta.clone(), double.PositiveInfinity, 1, 0).MovedOut(scope);
    }

    /// <summary>Plays one truncation of all games, and moves theta. The caller keeps the state.</summary>
    public (EvolutionState State, EvolutionReport Report) Step(EvolutionState state)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)((Seed * 1_000_003) + state.Steps), CPU);
        var begun = Begun(state);
        var e = Sigma * randn(Pairs, Initial.Count, dtype: ScalarType.Float64, generator: generator);
        var xi = begun.Accumulated + e;
        var (played, loss) = Games.Play(
            cat([begun.Theta + e, begun.Theta - e]), [.. Rows(begun.Pairs).Select(pair => (pair.Seed, pair.Age))], begun.Games, Truncation);
        var (difference, isFinite) = Differences(loss);
        var gradient = Estimate(xi, difference, Sigma);
        var rate = begun.RateFactor * (2 * begun.Steps < Steps ? LearningRate : LaterRate);
        var (theta, moments) = begun.Moments.Step(begun.Theta, gradient, rate, GradientClip);
        var isAveraged = begun.Steps + 1 > Steps * (1 - Averaged);
        var next = begun with
        {
            Theta = theta,
            Moments = moments,
            Average = isAveraged ? (begun.Average * begun.AveragedSteps + theta) / (begun.AveragedSteps + 1) : begun.Average,
            AveragedSteps = begun.AveragedSteps + (isAveraged ? 1 : 0),
            Accumulated = xi,
            Games = played,
            Pairs = [.. begun.Pairs.Select((pair, i) => pair with
            {
                Age = pair.Age + Truncation,
                End = isFinite[i] ? pair.End : pair.Age + Truncation,
            })],
            Steps = begun.Steps + 1,
        };
        var mean = loss[loss.isfinite()].mean().ToDouble();
        next = Watched(next, mean);
        return (
            next.Copied().MovedOut(scope),
            new(mean, gradient.norm().ToDouble(), isFinite.Count(finite => !finite), next.Rollbacks > state.Rollbacks));
    }

    /// <summary>Theta after training: the mean over the last steps; before them, the current one. The tensor belongs to the
    /// state.</summary>
    public static Tensor Result(EvolutionState state) => state.AveragedSteps > 0 ? state.Average : state.Theta;

    /// <summary>g = (N sigma^2)^-1 sum xi (L+ - L-)/2.</summary>
    /// <param name="perturbations">Accumulated perturbations xi [N,q]; the present ones alone give the truncated
    /// estimate.</param>
    /// <param name="differences">L+ - L- [N].</param>
    /// <param name="sigma">Standard deviation of one perturbation.</param>
    public static Tensor Estimate(Tensor perturbations, Tensor differences, double sigma)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((perturbations * (differences / (2 * sigma * sigma)).unsqueeze(1)).mean([0]));
    }

    // Pair i begins its second game after its share of a horizon, and every later one after a whole horizon.
    private long FirstEnd(int pair) => ((pair * (long)Truncations / Pairs) + 1) * Truncation;

    private static IReadOnlyList<long> Seeds(IReadOnlyList<EvolvedPair> pairs) => [.. Rows(pairs).Select(pair => pair.Seed)];

    // The pair of each row: theta + e for all pairs, then theta - e.
    private static IEnumerable<EvolvedPair> Rows(IReadOnlyList<EvolvedPair> pairs) => pairs.Concat(pairs);

    // New games for the pairs whose game has ended.
    private EvolutionState Begun(EvolutionState state)
    {
        var (pairs, drawn) = (state.Pairs.ToArray(), state.Drawn);
        long[] ended = [.. pairs.Index().Where(one => one.Item.Age >= one.Item.End).Select(one => (long)one.Index)];
        if (ended.Length == 0) return state;
        foreach (var i in ended) pairs[i] = new(drawn++, 0, Horizon);
        var fresh = Games.Start(Seeds([.. ended.Select(i => pairs[i])]));
        long[] both = [.. ended, .. ended.Select(i => i + Pairs)];
        var (xi, rows) = (state.Accumulated.clone(), tensor(both));
        xi.index_fill_(0, tensor(ended), 0);
        return state with
        {
            Pairs = pairs,
            Drawn = drawn,
            Accumulated = xi,
            Games = new(
                state.Games.W.index_copy(0, rows, fresh.W),
                [.. state.Games.Memory.Zip(fresh.Memory).Select(one => one.First.index_copy(0, rows, one.Second))]),
        };
    }

    // L+ - L- within the clip, and which pairs have finite losses.
    private (Tensor Difference, bool[] IsFinite) Differences(Tensor loss)
    {
        var (plus, minus) = (loss.narrow(0, 0, Pairs), loss.narrow(0, Pairs, Pairs));
        var difference = new double[Pairs];
        var finite = new bool[Pairs];
        var (a, b) = (plus.data<double>().ToArray(), minus.data<double>().ToArray());
        for (var i = 0; i < Pairs; i++)
        {
            finite[i] = double.IsFinite(a[i]) && double.IsFinite(b[i]);
            difference[i] = finite[i] ? Math.Clamp(a[i] - b[i], -Clip, Clip)
                : double.IsFinite(a[i]) ? -Clip
                : double.IsFinite(b[i]) ? Clip
                : 0;
        }
        return (tensor(difference), finite);
    }

    // Keeps theta where the mean loss over a horizon is least, and restores it where that mean has risen.
    private EvolutionState Watched(EvolutionState state, double loss)
    {
        double[] recent = [.. state.Recent, loss];
        // The first games end early, and losses early in a game are others than those late in it.
        if (recent.Length < 2 * Truncations) return state with { Recent = recent };
        var mean = recent[^Truncations..].Average();
        var kept = recent[^((2 * Truncations) - 1)..];
        if (mean < state.Least) return state with { Recent = kept, Best = state.Theta, Least = mean };
        if (!(mean > state.Least + Rise)) return state with { Recent = kept };
        var pairs = Enumerable.Range(0, Pairs).Select(i => new EvolvedPair(state.Drawn + i, 0, FirstEnd(i))).ToArray();
        return state with
        {
            Theta = state.Best,
            Moments = AdamMoments.Start(state.Best),
            Accumulated = zeros_like(state.Accumulated),
            Games = Games.Start(Seeds(pairs)),
            Pairs = pairs,
            Drawn = state.Drawn + Pairs,
            Recent = [],
            RateFactor = state.RateFactor / 2,
            Rollbacks = state.Rollbacks + 1,
        };
    }
}

/// <summary>What one step of <see cref="PersistentEvolution"/> met.</summary>
/// <param name="Loss">Mean loss of the truncations that were played, over the finite ones; NaN if there was none.</param>
/// <param name="GradientNorm">Norm of the estimate.</param>
/// <param name="Diverged">Number of pairs with a loss that is not finite.</param>
/// <param name="RolledBack">True if an earlier theta was restored.</param>
public sealed record EvolutionReport(double Loss, double GradientNorm, int Diverged, bool RolledBack);
