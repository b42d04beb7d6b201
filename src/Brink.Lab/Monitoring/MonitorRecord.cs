using Brink.Monitoring;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes the readings of a stability monitor as a run: <c>brink report</c> draws it, also during training.</summary>
/// <example><code>
/// using var monitor = new StabilityMonitor(model, optimizer, () => loss(model.forward(x), y));
/// using var record = new MonitorRecord("runs/mine");
/// // in the loop, after optimizer.step():
/// if (monitor.AfterStep() is { } reading) record.Add(reading);
/// </code></example>
public sealed class MonitorRecord : IDisposable
{
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private StabilityReading? _last;

    /// <param name="folder">New or empty folder.</param>
    /// <exception cref="RunStoreException">The folder is in use, or cannot be written.</exception>
    public MonitorRecord(string folder)
    {
        _run = RunWriter.Create(folder);
        _journal = new(_run, TimeProvider.System);
        _journal.Begin(Path.GetFileName(_run.Folder), MonitorSchema.Kind, null);
    }

    /// <summary>Writes a reading: its values, and an event where the verdict, a remark or the end of the warm-up
    /// changes.</summary>
    /// <param name="reading">Reading of a later step than the one before.</param>
    public void Add(StabilityReading reading)
    {
        var step = reading.Step;
        void Series(SeriesKey key, double value) => _run.Add(key, step, value);
        Series(MonitorSchema.Loss, reading.Loss);
        Series(MonitorSchema.LearningRate, reading.LearningRate);
        Series(MonitorSchema.Sharpness, reading.Sharpness);
        Series(MonitorSchema.EffectiveSharpness, reading.DecidingSharpness);
        Series(MonitorSchema.Margin, reading.Margin);
        Series(MonitorSchema.SharpeningRate, reading.SharpeningRate);
        Series(MonitorSchema.StepsToEdge, reading.StepsToEdge ?? double.NaN);
        Series(MonitorSchema.LargestStableLearningRate, reading.LargestStableLearningRate ?? double.NaN);
        Series(MonitorSchema.Products, reading.Products);
        Series(MonitorSchema.OverheadSeries, reading.Overhead);
        for (var i = 0; i < reading.Alignments.Count; i++)
            Series(MonitorSchema.Alignment(i + 1), Math.Abs(reading.Alignments[i]));
        if (reading.CriticalLearningRate is { } critical) Series(MonitorSchema.CriticalLearningRate, critical);
        if (reading.Batches is { } batches) BatchSeries.Write(Series, batches);
        if (reading.BatchEdge is { } edge)
        {
            Series(MonitorSchema.Edge, edge.Threshold);
            if (edge.IsOfBatches != _last?.BatchEdge?.IsOfBatches) _run.AddEvent(step, RunSchema.RemarkEvent, edge.Reason);
        }
        if (_last?.Verdict != reading.Verdict)
            _run.AddEvent(step, MonitorSchema.VerdictEvent, reading.Verdict.Name());
        if (reading.Remark is { } remark && remark != _last?.Remark) _run.AddEvent(step, RunSchema.RemarkEvent, remark);
        if (!reading.Converged)
        {
            Series(new(MonitorSchema.Monitor, RunSchema.NotConverged(MonitorSchema.Sharpness.Name)), reading.Sharpness);
            _run.AddEvent(step, RunSchema.NotConvergedEvent, "the largest eigenvalues");
        }
        var warmUp = reading.WarmUp;
        if (warmUp.Target is not null)
        {
            Series(MonitorSchema.WarmUpEnd, warmUp.End ?? double.NaN);
            if (_last is null || WarmUpEnd(_last) != WarmUpEnd(reading)) _run.AddEvent(step, MonitorSchema.WarmUpEvent, warmUp.Reason);
        }
        // At every reading, because the page is drawn during training too.
        _run.Set(MonitorSchema.Advice, AdviceRows.Of(reading.Advice));
        _run.Set(MonitorSchema.WarmUp, AdviceRows.Of(warmUp));
        _last = reading;
        _journal.CommitIfDue();
    }

    /// <summary>Returns whether the end of a warm-up is predicted, and whether it is reached.</summary>
    private static (bool Predicted, bool Reached) WarmUpEnd(StabilityReading reading) =>
        (reading.WarmUp.End is not null, reading.WarmUp.End <= reading.Step);

    /// <summary>Completes the run.</summary>
    public void Dispose()
    {
        if (_last is { } last)
        {
            _run.Set(MonitorSchema.Verdict, last.Verdict.Name());
            _run.Set(MonitorSchema.Overhead, last.Overhead);
        }
        _journal.End(RunStatus.Completed, _last is null ? "nothing was measured" : $"monitored until step {_last.Step}");
        _run.Dispose();
    }
}

internal static class StabilityVerdictNames
{
    public static string Name(this StabilityVerdict verdict) => verdict switch
    {
        StabilityVerdict.Stable => "stable",
        StabilityVerdict.Sharpening => "sharpening",
        StabilityVerdict.AtTheEdge => "at the edge",
        StabilityVerdict.Unstable => "unstable",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "no such verdict"),
    };
}
