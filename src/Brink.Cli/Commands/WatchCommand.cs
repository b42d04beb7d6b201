using System.CommandLine;
using System.Globalization;
using Brink.Graphs;
using Brink.Lab;
using Brink.Runs;
using Brink.Zoo.Checkpoints;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class WatchCommand
{
    private static readonly WatchSettings Default = new();

    private static readonly Dictionary<string, WatchedMethod> Optimizers = new(StringComparer.Ordinal)
    {
        ["sgd"] = WatchedMethod.Descent,
        ["nesterov"] = WatchedMethod.Nesterov,
        ["adam"] = WatchedMethod.Adam,
        ["adamw"] = WatchedMethod.Adam,
        ["sam"] = WatchedMethod.Sam,
        ["zeroth-order"] = WatchedMethod.ZerothOrder,
        ["sign"] = WatchedMethod.Sign,
        ["lion"] = WatchedMethod.Sign,
        ["muon"] = WatchedMethod.Muon,
    };

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
        var optimizer = new Option<string?>("--optimizer")
        {
            Description = "Optimizer of the training; default: that of the checkpoints. zeroth-order: from differences of losses."
                + " sam: sharpness-aware minimization. sign, lion: steps of the sign. muon: steps of the polar factor.",
            HelpName = "NAME",
        };
        optimizer.AcceptOnlyFromAmong([.. Optimizers.Keys]);
        var rho = new Option<double?>("--rho") { Description = "Radius of sam. Default: 0.05.", HelpName = "NUMBER" };
        var rate = new Option<double?>("--learning-rate") { Description = "Its learning rate.", HelpName = "NUMBER" };
        var momentum = new Option<double?>("--momentum") { Description = "Its momentum; of sgd and nesterov.", HelpName = "NUMBER" };
        var betas = new Option<string?>("--betas") { Description = "Its two betas; of adam and adamw.", HelpName = "B1,B2" };
        var norm = UsualOption.Of(
            "--batch-norm",
            "TorchScript: statistics of batch norm: running, those of the checkpoint, or batch, those of the samples.",
            "running");
        norm.AcceptOnlyFromAmong("running", "batch");
        var top = UsualOption.Of("--top", "Number of largest eigenvalues.", Default.Top);
        var bottom = UsualOption.Of("--bottom", "Number of smallest eigenvalues.", Default.Bottom);
        var trace = UsualOption.Of("--trace-products", "Hessian products for the estimate of the trace; 0: none.", Default.TraceProducts);
        var batch = new Option<int?>("--batch-size")
        {
            Description = "Samples of a batch of the training: measures the batch sharpness, which small batches hold at the edge in place"
                + " of the sharpness.",
            HelpName = "N",
        };
        var clip = new Option<double?>("--clip-norm")
        {
            Description = "Norm to which the training clips longer gradients; of sgd and nesterov.",
            HelpName = "NUMBER",
        };
        var append = new Option<string?>("--append")
        {
            Description = "Run of an earlier watch of the same training, to which the checkpoints of later steps are added.",
            HelpName = "RUN",
        };
        var output = RunPage.Folder("runs/watch-NAME");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "watch",
            "Measures sharpness and stability along the checkpoints of a training, of any framework.",
            "brink watch model.pt --data probe.npz --loss cross-entropy --checkpoints 'run/*.safetensors' --learning-rate 0.1");
        var script = ScriptOptions.Of(command).OrStudy();
        foreach (var option in new Option[]
            { checkpoints, follow, optimizer, rate, momentum, betas, rho, norm, top, bottom, trace, batch, clip, append, output, json })
            command.Add(option);
        command.SetAction(parsed =>
        {
            var study = script.Study(parsed);
            var problem = study is null ? script.From(parsed) : null;
            if (problem?.Parameters is not null)
                throw new InputException("--parameters: the checkpoints give the parameters; leave it out");
            var given = Optimizer(
                parsed.GetValue(optimizer), parsed.GetValue(rate), parsed.GetValue(momentum), parsed.GetValue(betas),
                parsed.GetValue(rho));
            var settings = Default with
            {
                Top = parsed.GetValue(top),
                Bottom = parsed.GetValue(bottom),
                Given = given,
                BatchStatistics = parsed.GetValue(norm) == "batch",
                TraceProducts = parsed.GetValue(trace),
                BatchSize = parsed.GetValue(batch),
                ClipNorm = parsed.GetValue(clip),
            };
            if (settings.ClipNorm is not null and not > 0)
                throw new InputException($"--clip-norm {settings.ClipNorm}: it must be positive");
            if (settings.TraceProducts is < 0 or (> 0 and < 4))
                throw new InputException($"--trace-products {settings.TraceProducts}: it must be 0 or at least 4");
            if (settings.Top < 1) throw new InputException($"--top {settings.Top}: it must be at least 1");
            if (settings.Bottom < 0) throw new InputException($"--bottom {settings.Bottom}: it must be at least 0");
            if (study is not null && settings.BatchStatistics)
                throw new InputException("--batch-norm batch: is for TorchScript; the networks of experiments have no batch norm");
            var name = script.Model(parsed);
            var files = new CheckpointFiles(parsed.GetValue(checkpoints)!, problem?.Files.Append(name) ?? [name]);
            if (!parsed.GetValue(follow)) files.RequireAny();
            StandardOutput.Reserve();
            LoadedLibtorch.Require();
            var continued = parsed.GetValue(append);
            if (continued is not null && parsed.GetValue(output) is not null)
                throw new InputException("--out: is for a new run; --append adds to one");
            if (parsed.GetValue(output) is { } folder) RunFolders.CheckNew(folder);
            using var scope = torch.NewDisposeScope();
            using var model = study is null
                ? Model(problem!, script.Graph, parsed, settings.BatchStatistics)
                : new StudyWatched(study, script.Precision(parsed));
            if (settings.BatchSize is { } size && (size < 1 || size > model.Samples))
                throw new InputException($"--batch-size {size}: it must be at least 1 and at most {model.Samples}, the number of samples");
            var origin = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model"] = study is null ? Path.GetFullPath(name) : name,
                ["data"] = problem is null ? $"{study!.Data.Set}" : string.Join(" and ", problem.Files.Select(Path.GetFullPath)),
                ["checkpoints"] = files.Pattern,
                ["loss"] = problem?.Loss ?? $"{study!.Loss}",
                ["precision"] = $"{script.Precision(parsed)}",
            };
            return Run(
                "watch-" + Path.GetFileNameWithoutExtension(name), origin, model, settings, files, parsed.GetValue(follow),
                parsed.GetValue(output), continued is null ? null : RunFolders.Find(RunFolders.DefaultRoot, continued),
                parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(
        string name,
        IReadOnlyDictionary<string, string> origin,
        IWatchedModel model,
        WatchSettings settings,
        CheckpointFiles files,
        bool follow,
        string? output,
        string? append,
        bool json)
    {
        var rows = new List<WatchRow>();
        using var interruption = new Interruption();
        var folder = append ?? output ?? RunFolders.New(RunFolders.DefaultRoot, name);
        using (var writer = append is null ? RunWriter.Create(folder) : RunWriter.Reopen(folder, () => throw Damaged(folder)).Run)
        {
            var record = append is null ? WatchRecord.Begin(writer, name, origin) : WatchRecord.Continue(writer, origin);
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
        using var run = RunReader.Open(folder);
        foreach (var remark in model.Remarks) Answer.Note(remark);
        if (rows.Count == 0) return Answer.Error($"{files.Pattern}: no checkpoint could be measured", Answer.Failed);
        StudyAnswer.Write(run, json, page => new
        {
            Rows = rows.Select(row => new
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
                Reason = row.BatchEdge?.Reason ?? row.EdgeRemark,
                row.File,
                row.Converged,
            }),
            Run = run.Folder,
            Page = page,
        });
        return rows.All(row => row.Converged)
            ? Answer.Success
            : Answer.Error("some eigenvalues did not reach the tolerance", Answer.Failed);
    }

    /// <summary>A store that cannot be read is left as it is: a watch has nothing to start it again from.</summary>
    private static InputException Damaged(string folder) => new($"--append {folder}: the run cannot be read; watch into a new one");

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
            if (batchStatistics)
                throw new InputException($"--batch-norm batch: is for TorchScript; export {problem.Model} in training mode instead");
            return new GraphWatched(
                graph.Files(parsed, problem), GraphInspection.Kind(problem.Loss), problem.Type, graph.Engine(parsed), problem.MicroBatch);
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

    private static WatchedOptimizer? Optimizer(string? name, double? rate, double? momentum, string? betas, double? rho)
    {
        if (name is null && rate is null && momentum is null && betas is null && rho is null) return null;
        if (rate is not > 0) throw new InputException("--learning-rate: give a positive number; the edge of stability depends on it");
        var kind = Optimizers[name ?? "sgd"];
        if (rho is not null && kind != WatchedMethod.Sam) throw new InputException("--rho: is of sam; name it with --optimizer sam");
        if (rho is < 0) throw new InputException($"--rho {rho}: it must be at least 0");
        if (kind == WatchedMethod.Adam)
        {
            if (momentum is not null) throw new InputException($"--momentum: is of sgd and nesterov; {name} has --betas");
            var (first, second) = Betas(betas ?? "0.9,0.999");
            return new(WatchedMethod.Adam, rate, first, second);
        }
        if (betas is not null) throw new InputException("--betas: are of adam and adamw; name the optimizer with --optimizer");
        if (momentum is < 0 or >= 1) throw new InputException($"--momentum {momentum}: it must be at least 0 and below 1");
        if (momentum is > 0 && kind is WatchedMethod.Sam or WatchedMethod.Sign or WatchedMethod.Muon)
            throw new InputException($"--momentum {momentum}: the edge of {name} is known without momentum only; leave it out");
        return new WatchedOptimizer(kind, rate, momentum ?? 0) is var plain && rho is { } radius ? plain with { Rho = radius } : plain;
    }

    private static (double First, double Second) Betas(string text) =>
        text.Split(',') is [var first, var second]
            && Number(first) is >= 0 and < 1 and var one
            && Number(second) is >= 0 and < 1 and var two
            ? (one, two)
            : throw new InputException($"--betas {text}: write two numbers from 0 to below 1, as in 0.9,0.999");

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
