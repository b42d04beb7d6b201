using Brink.Monitoring;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes the measurements of checkpoints as a run of a monitored training: <c>brink report</c> draws it, also while
/// checkpoints are added.</summary>
public sealed class WatchRecord
{
    private readonly RunWriter _run;
    private readonly RunJournal _journal;
    private WatchRow? _last;
    private int _rows;

    private WatchRecord(RunWriter run) => (_run, _journal) = (run, new(run, TimeProvider.System));

    /// <summary>Step of the last row; null without one.</summary>
    public long? LastStep { get; private set; }

    /// <summary>Begins a run.</summary>
    /// <param name="run">New run.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="origin">Model, data and loss by their names.</param>
    public static WatchRecord Begin(RunWriter run, string name, IReadOnlyDictionary<string, string> origin)
    {
        var record = new WatchRecord(run);
        record._journal.Begin(name, MonitorSchema.Kind, Text(origin));
        return record;
    }

    /// <summary>Continues a run of the same model, data and loss with later checkpoints.</summary>
    /// <param name="run">Run of another watch.</param>
    /// <param name="origin">Model, data and loss by their names.</param>
    /// <exception cref="ExperimentException">The run is of another model, data or loss, or no watch.</exception>
    public static WatchRecord Continue(RunWriter run, IReadOnlyDictionary<string, string> origin)
    {
        var manifest = run.Manifest();
        if (manifest.Kind != MonitorSchema.Kind || manifest.Get(RunSchema.Experiment) is not { } experiment)
            throw new ExperimentException($"{run.Folder}: is no run of 'brink watch'");
        var before = experiment.Split('\n').ToHashSet(StringComparer.Ordinal);
        if (Text(origin).Split('\n').FirstOrDefault(line => !before.Contains(line)) is { } other)
            throw new ExperimentException($"{run.Folder}: is of another training: it has no '{other}'");
        var record = new WatchRecord(run);
        using (var reader = RunReader.Open(run.Folder))
        {
            var points = reader.Points(MonitorSchema.Sharpness);
            (record.LastStep, record._rows) = (points is [.., var last] ? last.Step : null, points.Count);
        }
        record._journal.Resume(manifest.Get(RunSchema.Seconds) ?? 0);
        run.Set(RunSchema.Resumed, (manifest.Get(RunSchema.Resumed) ?? 0) + 1);
        run.Set(RunSchema.Status, RunStatus.Running.Name());
        run.Commit();
        return record;
    }

    /// <summary>Writes a row.</summary>
    /// <param name="row">Row of a later step than the one before.</param>
    public void Add(WatchRow row)
    {
        void Series(SeriesKey key, double value) => _run.Add(key, row.Step, value);
        Series(MonitorSchema.Loss, row.Loss);
        Series(MonitorSchema.GradientNorm, row.GradientNorm);
        Series(MonitorSchema.Sharpness, row.Top[0]);
        if (row.Trace is { } trace) Series(MonitorSchema.Trace, trace.Value);
        Series(MonitorSchema.DirectionalSharpness, row.DirectionalSharpness);
        Series(MonitorSchema.CriticalLearningRate, row.CriticalLearningRate);
        if (row.Batches is { } batches) BatchSeries.Write(Series, batches);
        if ((row.BatchEdge?.Threshold ?? row.Edge) is { } edge) Series(MonitorSchema.Edge, edge);
        for (var i = 0; i < row.Top.Count; i++) Series(MonitorSchema.Eigenvalue(i + 1), row.Top[i]);
        for (var i = 0; i < row.Bottom.Count; i++) Series(MonitorSchema.Smallest(i + 1), row.Bottom[i]);
        if (row.PreconditionedTop is { } metric) Series(MonitorSchema.Preconditioned, metric[0]);
        if (row.EffectiveSharpness is { } effective)
        {
            Series(MonitorSchema.LearningRate, row.LearningRate!.Value);
            Series(MonitorSchema.EffectiveSharpness, effective);
            Series(MonitorSchema.Margin, 1 - (effective / 2));
            Series(MonitorSchema.LargestStableLearningRate, row.LearningRate.Value * 2 / effective);
        }
        Series(MonitorSchema.Products, row.Products);
        for (var i = 0; i < row.Alignment.Count; i++) Series(MonitorSchema.Alignment(i + 1), row.Alignment[i]);
        if (!row.Converged)
        {
            Series(new(MonitorSchema.Monitor, RunSchema.NotConverged(MonitorSchema.Sharpness.Name)), row.Top[0]);
            _run.AddEvent(row.Step, RunSchema.NotConvergedEvent, "the eigenvalues");
        }
        if (row.BatchEdge is { } which && which.IsOfBatches != _last?.BatchEdge?.IsOfBatches)
            _run.AddEvent(row.Step, RunSchema.RemarkEvent, which.Reason);
        if (row.EdgeRemark is { } remark && _last is null) _run.AddEvent(row.Step, RunSchema.RemarkEvent, remark);
        if (row.Names != _last?.Names) _run.AddEvent(row.Step, RunSchema.RemarkEvent, row.Names);
        _run.Set(MonitorSchema.Advice, AdviceRows.Of(StepAdvice.For(
            row.Top[0],
            row.PreconditionedTop?[0] ?? double.NaN,
            row.PreconditionedTop is null ? "that are not in the file" : "of the file",
            row.BatchEdge is { IsOfBatches: true } ? row.Batches!.Sharpness : null)));
        (_last, _rows, LastStep) = (row, _rows + 1, row.Step);
        _run.Commit();
    }

    /// <summary>Records a checkpoint that was skipped.</summary>
    /// <param name="reason">What is wrong with it.</param>
    public void Skip(string reason) => _run.AddEvent(LastStep ?? 0, RunSchema.RemarkEvent, reason);

    /// <summary>Completes the run.</summary>
    public RunSummary End(bool interrupted) => _journal.End(
        interrupted ? RunStatus.Interrupted : RunStatus.Completed,
        LastStep is { } step ? $"{_rows} checkpoints until step {step}" : "no checkpoint was measured");

    private static string Text(IReadOnlyDictionary<string, string> origin) =>
        string.Join('\n', origin.Select(pair => $"{pair.Key}: {pair.Value}"));
}
