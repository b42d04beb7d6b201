using Brink.Games;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>GANs for the training of a rule. The loss of some steps is the mean of (1/2 + t/T) log(MMD^2 + 0.002), measured at
/// intervals: early progress counts too, and the end most.</summary>
/// <param name="trial">Data, networks and horizon.</param>
/// <param name="every">Steps between two measurements.</param>
/// <param name="samples">Samples of a measurement.</param>
/// <param name="seed">Seed of the first game.</param>
internal sealed class EvolvedGans(GanTrial trial, int every, int samples, long seed) : IEvolvedGames
{
    // Below the distance that can be measured, nothing is gained.
    private const double Floor = 0.002;

    private readonly MixtureDistance _distance = new(trial.Mixture);

    public GameState Start(IReadOnlyList<long> seeds)
    {
        using var scope = NewDisposeScope();
        var w = trial.Gans(Of(seeds)).Start();
        return new(scope.MoveToOuter(w), [scope.MoveToOuter(zeros_like(w)), scope.MoveToOuter(zeros(w.shape[0], 1, dtype: w.dtype))]);
    }

    public (GameState State, Tensor Loss) Play(Tensor theta, IReadOnlyList<(long Seed, long Age)> games, GameState state, int steps)
    {
        using var scope = NewDisposeScope();
        var gans = trial.Gans(Of([.. games.Select(game => game.Seed)]));
        IGameSolver rule = new LearnedRule(theta.to(ScalarType.Float32), trial.Shape.Parts, trial.Steps);
        var (sums, measured) = (new double[games.Count], 0);
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            var next = rule.Step(gans.At([.. games.Select(game => game.Age + step)]), state);
            inner.MoveToOuter(next.W);
            foreach (var memory in next.Memory) inner.MoveToOuter(memory);
            state = next;
            if ((step + 1) % every != 0) continue;
            measured++;
            foreach (var (i, points) in gans.Samples(state.W, samples).data<float>().ToArray().Chunk(2 * samples).Index())
            {
                // The estimate of a small distance can be negative.
                var distance = Math.Max(_distance.Of(points), 0);
                sums[i] += (0.5 + ((games[i].Age + step + 1.0) / trial.Steps)) * Math.Log(distance + Floor);
            }
        }
        return (
            new(scope.MoveToOuter(state.W), [.. state.Memory.Select(scope.MoveToOuter)]),
            scope.MoveToOuter(tensor(sums.Select(sum => sum / measured).ToArray())));
    }

    private long[] Of(IReadOnlyList<long> seeds) => [.. seeds.Select(one => seed + one)];
}
