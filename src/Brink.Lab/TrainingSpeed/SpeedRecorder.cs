using System.Text.Json;
using Brink.Algebra;
using Brink.Runs;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>Scores one process of a speed study at its evaluations, and writes the results.</summary>
internal sealed class SpeedRecorder(
    SpeedStudy study, RunWriter run, string process, ScoredSamples training, ScoredSamples test)
{
    // A loss this many times the first one does not recover.
    private const double Diverged = 1e6;

    private double? _firstLoss;
    private SpeedResult? _last;

    /// <summary>Sharpness at the last evaluation.</summary>
    public double Sharpness => _last?.Sharpness ?? double.NaN;

    /// <summary>Returns the last evaluation; all numbers are null before the first.</summary>
    public SpeedResult Result(bool diverged) => (_last ?? new(process)) with { Diverged = diverged };

    public void Save(Snapshot to)
    {
        if (_firstLoss is { } first) to.Set("first_loss", first);
        if (_last is not null) to.Set("last", JsonSerializer.Serialize(_last, RunJson.Options));
    }

    public void Restore(Snapshot from)
    {
        if (from.Has("first_loss")) _firstLoss = from.Number("first_loss");
        if (from.Has("last")) _last = JsonSerializer.Deserialize<SpeedResult>(from.Word("last"), RunJson.Options);
    }

    /// <summary>Observes every step from 0; returns the reason to end where the loss diverges.</summary>
    public string? Record(long step, SpeedMoment at)
    {
        var loss = at.Point.Loss;
        _firstLoss ??= loss;
        if (!double.IsFinite(loss) || loss > Diverged * _firstLoss)
        {
            run.Add(process, SpeedSchema.TrainLoss, step, loss);
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
        run.Add(process, SpeedSchema.TrainLoss, step, trained.Loss);
        run.Add(process, SpeedSchema.TestLoss, step, tested.Loss);
        run.Add(process, SpeedSchema.TrainAccuracy, step, trained.Accuracy);
        run.Add(process, SpeedSchema.TestAccuracy, step, tested.Accuracy);
        run.Add(process, SpeedSchema.Sharpness, step, pairs.Values[0]);
        run.Add(process, SpeedSchema.Time, step, time);
        if (pairs.Converged) return;
        run.Add(process, RunSchema.NotConverged(SpeedSchema.Sharpness), step, pairs.Values[0]);
        run.AddEvent(step, RunSchema.NotConvergedEvent, $"{process}: the sharpness");
    }
}
