using System.CommandLine;
using Brink.Graphs;
using Brink.Lab;
using Brink.Runs;
using Brink.Zoo.Checkpoints;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class WatchCommand
{
    public static Command Create()
    {
        var checkpoints = new Option<string>("--checkpoints")
        {
            Description = "Checkpoints: a folder, or a path with * and ? such as 'run/*.safetensors'. safetensors, .npz, and the .pt, .pth"
                + " and .ckpt of torch.save, which are read without running anything of them.",
            HelpName = "PATTERN",
            Required = true,
        };
        var follow = new Option<bool>("--follow") { Description = "Wait for further checkpoints until Ctrl-C." };
        var append = new Option<string?>("--append")
        {
            Description = "Run of an earlier watch of the same training, to which the checkpoints of later steps are added.",
            HelpName = "RUN",
        };
        var (output, json, measured) = (RunPage.Folder("runs/watch-NAME"), Answer.Json(), new WatchOptions());
        var command = new ExampleCommand(
            "watch",
            "Measures sharpness and stability along the checkpoints of a training, of any framework.",
            "brink watch model.pt --data probe.npz --loss cross-entropy --checkpoints 'run/*.safetensors' --learning-rate 0.1");
        var script = ScriptOptions.Of(command).OrStudy();
        foreach (var option in new Option[] { checkpoints, follow }) command.Add(option);
        measured.AddTo(command);
        foreach (var option in new Option[] { append, output, json }) command.Add(option);
        command.SetAction(parsed =>
        {
            var settings = measured.Settings(parsed);
            var study = script.Study(parsed);
            var problem = study is null ? script.From(parsed) : null;
            if (problem?.Parameters is not null)
                throw new InputException("--parameters: the checkpoints give the parameters; leave it out");
            if (problem?.Loss == "inside" && settings.BatchSize is not null)
                throw new InputException("--batch-size: a loss inside the graph is of all samples; leave it out");
            if (study is not null && settings.BatchStatistics)
                throw new InputException("--batch-norm batch: the networks of experiments have no batch norm; leave it out");
            var name = script.Model(parsed);
            var files = new CheckpointFiles(parsed.GetValue(checkpoints)!, problem?.Files.Append(name) ?? [name]);
            if (!parsed.GetValue(follow)) files.RequireAny();
            var target = Target(parsed.GetValue(output), parsed.GetValue(append), name);
            StandardOutput.Reserve();
            LoadedLibtorch.Require();
            using var scope = torch.NewDisposeScope();
            using var model = study is null
                ? Model(problem!, script.Graph, parsed, settings.BatchStatistics)
                : new StudyWatched(study, script.Precision(parsed));
            WatchOptions.Check(settings, model);
            var origin = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model"] = study is null ? Path.GetFullPath(name) : name,
                ["data"] = problem is null ? $"{study!.Data.Set}" : string.Join(" and ", problem.Files.Select(Path.GetFullPath)),
                [WatchRecord.Checkpoints] = files.Pattern,
                ["loss"] = problem?.Loss ?? $"{study!.Loss}",
                ["optimizer"] = settings.Given?.Name ?? "that of the checkpoints",
                ["batch norm"] = settings.BatchStatistics ? "batch" : "running",
                [WatchRecord.Precision] = $"{script.Precision(parsed)}",
            };
            return Run(target, origin, model, settings, files, parsed.GetValue(follow), parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>The run that is written: an earlier one, or a new one.</summary>
    private static WatchTarget Target(string? output, string? append, string model)
    {
        var name = "watch-" + Path.GetFileNameWithoutExtension(model);
        if (append is not null)
        {
            return output is null
                ? new(name, RunFolders.Find(RunFolders.DefaultRoot, append), IsNew: false)
                : throw new InputException("--out: is for a new run; --append adds to one");
        }
        if (output is not null) RunFolders.CheckNew(output);
        return new(name, output ?? RunFolders.New(RunFolders.DefaultRoot, name), IsNew: true);
    }

    private static int Run(
        WatchTarget target,
        IReadOnlyDictionary<string, string> origin,
        IWatchedModel model,
        WatchSettings settings,
        CheckpointFiles files,
        bool follow,
        bool json)
    {
        var rows = new List<WatchRow>();
        using var interruption = new Interruption();
        using (var writer = target.Open())
        {
            var record = target.IsNew ? WatchRecord.Begin(writer, target.Name, origin) : WatchRecord.Continue(writer, origin);
            using var watch = new CheckpointWatch(model, settings);
            StudyDisplay.Show("watch", (Action<StudyProgress>? progress) =>
            {
                var (done, total) = (0, follow ? (double?)null : files.Count);
                foreach (var file in files.InOrder(follow, interruption.Token))
                {
                    Measure(file, watch, record, rows);
                    progress?.Invoke(new(
                        "watch", ++done, total, ("sharpness", rows.Count > 0 ? rows[^1].Top[0] : double.NaN))
                    {
                        Unit = "checkpoint",
                    });
                }
                return rows.Count;
            });
            record.End(interruption.Token.IsCancellationRequested && !follow);
        }
        using var run = RunReader.Open(target.Folder);
        foreach (var remark in model.Remarks.Concat(rows.Select(row => row.Doubt).OfType<string>().Distinct())) Answer.Note(remark);
        if (rows.Count == 0) return Answer.Error($"{files.Pattern}: no checkpoint could be measured", Answer.Failed);
        StudyAnswer.Write(run, json, page => new { Rows = rows.Select(Shown), Run = run.Folder, Page = page });
        return rows.All(row => row.Converged)
            ? Answer.Success
            : Answer.Error("some eigenvalues did not reach the tolerance", Answer.Failed);
    }

    private static object Shown(WatchRow row) => new
    {
        row.Step,
        row.Loss,
        row.GradientNorm,
        row.Top,
        row.Bottom,
        row.PreconditionedTop,
        row.LearningRate,
        Edge = row.BatchEdge?.Threshold ?? row.Edge,
        row.EffectiveSharpness,
        Trace = row.Trace?.Value,
        TraceError = row.Trace?.StandardError,
        row.DirectionalSharpness,
        row.CriticalLearningRate,
        BatchSharpness = row.Batches?.Sharpness,
        BatchSharpnessInterval = row.Batches is { } batches ? new[] { batches.Interval.Lower, batches.Interval.Upper } : null,
        row.Batches?.NoiseShare,
        Reason = row.BatchEdge?.Reason ?? row.EdgeRemark ?? row.Doubt,
        row.File,
        row.Converged,
    };

    /// <summary>Measures a file. One that cannot be read, or does not fit, is skipped with a note: the others still count.</summary>
    private static void Measure(string file, CheckpointWatch watch, WatchRecord record, List<WatchRow> rows)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            var checkpoint = TrainingCheckpoint.Read(file);
            var step = checkpoint.Step ?? (record.LastStep + 1 ?? 0);
            if (step <= record.LastStep)
            {
                // Steps of an earlier watch are not worth a line each.
                if (rows.Count == 0) return;
                throw new InvalidDataException($"{file}: is of step {step}, and step {record.LastStep} was measured before; it is skipped");
            }
            var row = watch.Measure(checkpoint, step);
            record.Add(row);
            rows.Add(row);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ExperimentException)
        {
            record.Skip(e.Message);
            Answer.Note(e.Message);
        }
    }

    private static IWatchedModel Model(ScriptProblem problem, GraphOptions graph, ParseResult parsed, bool batchStatistics)
    {
        problem.RequireFiles();
        if (GraphFile.IsGraph(problem.Model))
        {
            return new GraphWatched(
                new(
                    graph.Files(parsed, problem), GraphInspection.Kind(problem.Loss), problem.Type, graph.Engine(parsed),
                    problem.MicroBatch),
                batchStatistics);
        }
        if (graph.GivenIn(parsed) is { } option)
            throw new InputException($"{option}: is for ONNX and .pt2 files; {problem.Model} is neither");
        if (problem.Loss is "next-token" or "inside")
            throw new InputException($"--loss {problem.Loss}: is for ONNX and .pt2 files; {problem.Model} is neither");
        var samples = problem.Samples();
        return new ScriptWatched(
            problem.Model, problem.Type, problem.Loss == "mse" ? LossKind.Mse : LossKind.CrossEntropy, samples.X, samples.Y,
            problem.MicroBatch, batchStatistics);
    }

    /// <summary>The run that a watch writes.</summary>
    private sealed record WatchTarget(string Name, string Folder, bool IsNew)
    {
        /// <summary>Opens the run. A store that cannot be read is left as it is: a watch has nothing to start it again from.</summary>
        public RunWriter Open() => IsNew
            ? RunWriter.Create(Folder)
            : RunWriter.Reopen(
                Folder, () => throw new InputException($"--append {Folder}: the run cannot be read; watch into a new one")).Run;
    }
}
