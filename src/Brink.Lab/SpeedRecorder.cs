using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Algebra;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Scores one process of a speed study at its evaluations, and writes what it finds.</summary>
internal sealed class SpeedRecorder(
    SpeedStudy study, RunWriter run, string process, ScoredSamples training, ScoredSamples test)
{
    // A loss this many times the first one does not come back.
    private const double Diverged = 1e6;

    // The last evaluation and those of the other processes, with NaN where a number is none.
    internal static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private double? _firstLoss;
    private SpeedResult? _last;

    /// <summary>At the last evaluation.</summary>
    public double Sharpness => _last?.Sharpness ?? double.NaN;

    /// <summary>The last evaluation; all numbers are null where there was none.</summary>
    public SpeedResult Result(bool diverged) => (_last ?? new(process)) with { Diverged = diverged };

    public void Save(Snapshot to)
    {
        if (_firstLoss is { } first) to.Set("first_loss", first);
        if (_last is not null) to.Set("last", JsonSerializer.Serialize(_last, Json));
    }

    public void Restore(Snapshot from)
    {
        if (from.Has("first_loss")) _firstLoss = from.Number("first_loss");
        if (from.Has("last")) _last = JsonSerializer.Deserialize<SpeedResult>(from.Word("last"), Json);
    }

    /// <summary>Sees every step from 0; the reason to end, where the loss diverges.</summary>
    public string? See(long step, SpeedMoment at)
    {
        var loss = at.Point.Loss;
        _firstLoss ??= loss;
        if (!double.IsFinite(loss) || loss > Diverged * _firstLoss)
        {
            run.Add(process, "train_loss", step, loss);
            return $"loss {loss:g4}";
        }
        if (step % study.EvaluateEvery == 0 || step == study.Steps)
            Evaluate(step, at.Point.Theta, at.Time, at.Pairs());
        return null;
    }

    private void Evaluate(long step, Tensor theta, double time, Eigenpairs pairs)
    {
        var (trained, tested) = (training.At(theta), test.At(theta));
        _last = new(process)
        {
            Step = step,
            Time = time,
            TrainLoss = trained.Loss,
            TestLoss = tested.Loss,
            TrainAccuracy = trained.Accuracy,
            TestAccuracy = tested.Accuracy,
            Sharpness = pairs.Values[0],
        };
        run.Add(process, "train_loss", step, trained.Loss);
        run.Add(process, "test_loss", step, tested.Loss);
        run.Add(process, "train_accuracy", step, trained.Accuracy);
        run.Add(process, "test_accuracy", step, tested.Accuracy);
        run.Add(process, "sharpness", step, pairs.Values[0]);
        run.Add(process, "time", step, time);
        if (pairs.Converged) return;
        run.Add(process, "sharpness_not_converged", step, pairs.Values[0]);
        run.AddEvent(step, "not_converged", $"{process}: the sharpness");
    }
}

/// <summary>Where a descent or the flow ended, by its last evaluation.</summary>
/// <param name="Process">As in the run store.</param>
public sealed record SpeedResult(string Process)
{
    public long? Step { get; init; }

    /// <summary>Sum of the steps until then.</summary>
    public double? Time { get; init; }

    public double? TrainLoss { get; init; }

    public double? TestLoss { get; init; }

    public double? TrainAccuracy { get; init; }

    public double? TestAccuracy { get; init; }

    public double? Sharpness { get; init; }

    /// <summary>Whether it left the finite numbers afterwards.</summary>
    public bool Diverged { get; init; }
}
