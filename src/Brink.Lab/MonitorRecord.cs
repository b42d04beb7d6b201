using System.Globalization;
using Brink.Monitoring;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>What a stability monitor finds, as a run: <c>brink report</c> draws it, also while training goes on.</summary>
/// <example><code>
/// using var monitor = new StabilityMonitor(model, optimizer, () => loss(model.forward(x), y));
/// using var record = new MonitorRecord("runs/mine");
/// // in the loop, after optimizer.step():
/// if (monitor.AfterStep() is { } reading) record.Add(reading);
/// </code></example>
public sealed class MonitorRecord : IDisposable
{
    /// <summary>Whose series these are in the run store.</summary>
    public const string Process = "monitor";

    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private StabilityReading? _last;

    /// <param name="folder">New or empty.</param>
    /// <exception cref="RunStoreException">The folder is in use, or cannot be written.</exception>
    public MonitorRecord(string folder)
    {
        _run = RunWriter.Create(folder);
        _journal = new(_run, TimeProvider.System);
        _journal.Begin(Path.GetFileName(_run.Folder));
    }

    public void Add(StabilityReading reading)
    {
        var step = reading.Step;
        void Series(string name, double value) => _run.Add(Process, name, step, value);
        Series("loss", reading.Loss);
        Series("learning_rate", reading.LearningRate);
        Series("sharpness", reading.Sharpness);
        Series("effective_sharpness", reading.EffectiveSharpness);
        Series("margin", reading.Margin);
        Series("sharpening_rate", reading.SharpeningRate);
        Series("steps_to_edge", reading.StepsToEdge ?? double.NaN);
        Series("largest_stable_learning_rate", reading.LargestStableLearningRate ?? double.NaN);
        Series("products", reading.Products);
        Series("overhead", reading.Overhead);
        for (var i = 0; i < reading.Alignments.Count; i++)
            Series($"alignment_{(i + 1).ToString(CultureInfo.InvariantCulture)}", Math.Abs(reading.Alignments[i]));
        if (_last?.Verdict != reading.Verdict)
            _run.AddEvent(step, "verdict", reading.Verdict.Name());
        if (reading.Remark is { } remark && remark != _last?.Remark) _run.AddEvent(step, "remark", remark);
        if (!reading.Converged)
        {
            Series("sharpness_not_converged", reading.Sharpness);
            _run.AddEvent(step, "not_converged", "the largest eigenvalues");
        }
        var warmUp = reading.WarmUp;
        if (warmUp.Target is not null)
        {
            Series("warm_up_end", warmUp.End ?? double.NaN);
            if (_last is null || Prospect(_last) != Prospect(reading)) _run.AddEvent(step, "warm_up", warmUp.Reason);
        }
        // At every reading, for the page is drawn while training goes on.
        _run.SetManifest("advice", reading.Advice);
        _run.SetManifest("warm_up", warmUp);
        _last = reading;
        _journal.CommitNowAndThen();
    }

    /// <summary>Whether the end of a warm-up is foreseen, and whether it has come.</summary>
    private static (bool Foreseen, bool Come) Prospect(StabilityReading reading) =>
        (reading.WarmUp.End is not null, reading.WarmUp.End <= reading.Step);

    /// <summary>Completes the run.</summary>
    public void Dispose()
    {
        if (_last is { } last)
        {
            _run.SetManifest("verdict", last.Verdict.Name());
            _run.SetManifest("overhead", last.Overhead);
        }
        _journal.End(RunStatus.Completed, _last is null ? "nothing was measured" : $"watched until step {_last.Step}");
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
