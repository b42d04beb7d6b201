using System.Diagnostics;
using Brink.Games;

namespace Brink.Bench;

/// <summary>Speed of meta-training of a learned optimizer: 128 games as one batch compared with one game at a time, in
/// games times inner steps per second.</summary>
internal static class GameTrainingSpeed
{
    private const int Games = 128, Horizon = 200, Rounds = 3;

    public static IReadOnlyList<GameTrainingSpeedRow> Rows()
    {
        var training = new MetaTraining(
            new TwoPlayerGames(), new MetaLoss(), [Horizon], Slow: null, Unstable: 0, Epochs: 1000, Batch: Games);
        var (together, alone) = (new List<double>(), new List<double>());
        Speed(training, 1);
        Speed(training with { Batch = 1 }, 1);
        for (var round = 0; round < Rounds; round++)
        {
            together.Add(Speed(training, 10));
            alone.Add(Speed(training with { Batch = 1 }, 10));
        }
        var (batch, loop) = (Alternating.Median(together), Alternating.Median(alone));
        return [new(Games, batch, loop, batch / loop)];
    }

    // Small weights, so that no batch ends early, and forward, backward and Adam take the time.
    private static double Speed(MetaTraining training, int epochs)
    {
        using var scope = NewDisposeScope();
        var start = training.Start();
        var calm = start with { Fast = start.Fast with { Theta = start.Fast.Theta / 100 } };
        var watch = Stopwatch.StartNew();
        var steps = 0L;
        for (var i = 0; i < epochs; i++)
        {
            var (next, report) = training.Epoch(calm with { Epoch = i });
            next.Dispose();
            steps += report.Steps;
        }
        return training.Batch * steps / watch.Elapsed.TotalSeconds;
    }
}

/// <summary>Games times inner steps per second, with all games at once and one at a time.</summary>
internal sealed record GameTrainingSpeedRow(int Games, double Together, double Alone, double Ratio);
