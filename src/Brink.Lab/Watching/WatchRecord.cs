using Brink.Monitoring;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes the measurements of checkpoints as a run of a monitored training: <c>brink report</c> draws it, also while
/// checkpoints are added.</summary>
public sealed class WatchRecord
{
    /// <summary>Names of the parts of an origin that may differ between watches of the same training.</summary>
    public const string Checkpoints = "checkpoints", Precision = "precision";

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
    /// <param name="origin">Model, data, loss and optimizer by their names.</param>
    public static WatchRecord Begin(RunWriter run, string name, IReadOnlyDictionary<string, string> origin)
    {
        var record = new WatchRecord(run);
        record._journal.Begin(name, MonitorSchema.Kind, Text(origin));
        return record;
    }

    /// <summary>Continues a run of the same training with later checkpoints. The files may have moved, and the precision may be another
    /// one; the rest of the origin decides.</summary>
    /// <param name="run">Run of another watch.</param>
    /// <param name="origin">Model, data, loss and optimizer by their names.</param>
    /// <exception cref="ExperimentException">The run is of another training, or no watch.</exception>
    public static WatchRecord Continue(RunWriter run, IReadOnlyDictionary<string, string> origin)
    {
        var manifest = run.Manifest();
        if (manifest.Kind != MonitorSchema.Kind || manifest.Get(RunSchema.Experiment) is not { } experiment)
            throw new ExperimentException($"{run.Folder}: is no run of 'brink watch'; name one, or watch into a new run");
        var before = experiment.Split('\n').Select(line => line.Split(": ", 2)).Where(line => line.Length == 2)
            .ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
        foreach (var (name, value) in origin.Where(pair => pair.Key is not (Checkpoints or Precision)))
        {
            if (before.TryGetValue(name, out var former) && former != value)
            {
                throw new ExperimentException(
                    $"{run.Folder}: is of another training: its {name} is {former}, and here it is {value}; watch into a new run");
            }
        }
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
        if (row.Doubt is { } doubt && doubt != _last?.Doubt) _run.AddEvent(row.Step, RunSchema.RemarkEvent, doubt);
        _run.Set(MonitorSchema.Advice, AdviceRows.Of(StepAdvice.For(
            row.Top[0],
            row.Optimizer is { Kind: WatchedMethod.Adam } ? row.PreconditionedTop?[0] ?? double.NaN : double.NaN,
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
