using System.Runtime.InteropServices;
using Brink.Algebra;

namespace Brink.Games;

/// <summary>One antithetic pair of games: the seed of both, the steps that they have been played, and the age at which the pair
/// begins a new game.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EvolvedPair(long Seed, long Age, long End);

/// <summary>State of <see cref="PersistentEvolution"/> between two steps: everything that a checkpoint holds.</summary>
/// <param name="Theta">Current numbers [q].</param>
/// <param name="Moments">Adam's memory.</param>
/// <param name="Average">Mean of theta over the steps that are averaged [q].</param>
/// <param name="AveragedSteps">Number of these steps.</param>
/// <param name="Accumulated">Sum of each pair's perturbations since its game began [N,q].</param>
/// <param name="Games">Games of all pairs: first those with theta + e, then those with theta - e.</param>
/// <param name="Pairs">The pairs.</param>
/// <param name="Drawn">Number of seeds that were used.</param>
/// <param name="Steps">Number of steps taken.</param>
/// <param name="Recent">Mean losses of the last steps.</param>
/// <param name="Best">Theta at the least mean loss over a horizon [q].</param>
/// <param name="Least">That mean loss.</param>
/// <param name="RateFactor">Factor of the learning rate.</param>
/// <param name="Rollbacks">Number of times that the best theta was restored.</param>
public sealed record EvolutionState(
    Tensor Theta,
    AdamMoments Moments,
    Tensor Average,
    long AveragedSteps,
    Tensor Accumulated,
    GameState Games,
    IReadOnlyList<EvolvedPair> Pairs,
    long Drawn,
    long Steps,
    IReadOnlyList<double> Recent,
    Tensor Best,
    double Least,
    double RateFactor,
    long Rollbacks) : IDisposable
{
    private IEnumerable<Tensor> Tensors =>
        [Theta, Moments.Mean, Moments.Square, Average, Accumulated, Best, Games.W, .. Games.Memory];

    /// <summary>Saves the state, which must outlive the snapshot.</summary>
    public void Save(Snapshot to)
    {
        to.Set("theta", Theta);
        to.Set("mean", Moments.Mean);
        to.Set("square", Moments.Square);
        to.Set("moments", Moments.Steps);
        to.Set("average", Average);
        to.Set("averaged", AveragedSteps);
        to.Set("accumulated", Accumulated);
        to.Set("w", Games.W);
        to.Set("memories", Games.Memory.Count);
        foreach (var (i, memory) in Games.Memory.Index()) to.Set(Memory(i), memory);
        to.Set("pairs", string.Join(' ', Pairs.Select(pair => FormattableString.Invariant($"{pair.Seed},{pair.Age},{pair.End}"))));
        to.Set("drawn", Drawn);
        to.Set("steps", Steps);
        to.Set("recent", Recent);
        to.Set("best", Best);
        to.Set("least", Least);
        to.Set("rate_factor", RateFactor);
        to.Set("rollbacks", Rollbacks);
    }

    /// <summary>Restores a saved state, which the caller owns.</summary>
    public static EvolutionState Restored(Snapshot from) => new(
        from.Tensor("theta"),
        new(from.Tensor("mean"), from.Tensor("square"), from.Whole("moments")),
        from.Tensor("average"),
        from.Whole("averaged"),
        from.Tensor("accumulated"),
        new(from.Tensor("w"), [.. Enumerable.Range(0, (int)from.Whole("memories")).Select(i => from.Tensor(Memory(i)))]),
        [.. from.Word("pairs").Split(' ').Select(pair => Array.ConvertAll(pair.Split(','), Number))
            .Select(pair => new EvolvedPair(pair[0], pair[1], pair[2]))],
        from.Whole("drawn"),
        from.Whole("steps"),
        from.Numbers("recent"),
        from.Tensor("best"),
        from.Number("least"),
        from.Number("rate_factor"),
        from.Whole("rollbacks"));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    internal EvolutionState Copied() => this with
    {
        Theta = Theta.clone(),
        Moments = Moments with { Mean = Moments.Mean.clone(), Square = Moments.Square.clone() },
        Average = Average.clone(),
        Accumulated = Accumulated.clone(),
        Best = Best.clone(),
        Games = new(Games.W.clone(), [.. Games.Memory.Select(memory => memory.clone())]),
    };

    internal EvolutionState MovedOut(DisposeScope scope)
    {
        foreach (var tensor in Tensors) scope.MoveToOuter(tensor);
        return this;
    }

    private static string Memory(int i) => FormattableString.Invariant($"memory_{i}");

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
