using System.CommandLine;
using System.Globalization;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Datasets;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class InspectCommand
{
    private static readonly Inspection Default = new();

    public static Command Create()
    {
        var model = new Argument<string>("MODEL.pt") { Description = "A TorchScript file (torch.jit.save)." };
        var data = new Option<string>("--data")
        {
            Description = "Samples: .npz with x and y, .csv, IDX or CIFAR-10's .bin; docs/data.md says how.",
            Required = true,
        };
        var loss = new Option<string>("--loss")
        {
            Description = "mse: mean over samples of the sum over outputs of (f - y)^2; cross-entropy: y are classes.",
            Required = true,
        };
        loss.AcceptOnlyFromAmong("mse", "cross-entropy");
        var parameters = new Option<string?>("--parameters")
        {
            Description = "Values to take instead of the model's own, by their names: safetensors.",
        };
        var save = new Option<string?>("--save-parameters")
        {
            Description = "Write the parameters and buffers that were inspected, by their names: safetensors.",
        };
        var force = OutputFile.Force("--save-parameters");
        var precision = new Option<string>("--precision")
        {
            Description = "float64 or float32.",
            DefaultValueFactory = _ => "float64",
        };
        precision.AcceptOnlyFromAmong("float64", "float32");
        var top = UsualOption.Of("--top", "Largest eigenvalues.", Default.Top);
        var bottom = UsualOption.Of("--bottom", "Smallest eigenvalues.", Default.Bottom);
        var probes = UsualOption.Of("--probes", "Random probes of the spectral density; 0 leaves it out.", Default.Probes);
        var steps = UsualOption.Of("--steps", "Hessian products of each probe.", Default.Steps);
        var microBatch = UsualOption.Of("--micro-batch", "Samples in one forward pass: memory and speed, not the result.", 500);
        var output = RunPage.Folder("runs/inspect-NAME");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "inspect",
            "Tells the spectrum of the Hessian of any TorchScript model, and the learning rates that are stable.",
            "brink inspect model.pt --data images.npz --loss mse --top 5 --bottom 2")
        {
            model, data, loss, parameters, save, force, precision, top, bottom, probes, steps, microBatch, output, json,
        };
        command.SetAction(parsed =>
        {
            var inspection = Default with
            {
                Top = AtLeast(1, "--top", parsed.GetValue(top)),
                Bottom = AtLeast(0, "--bottom", parsed.GetValue(bottom)),
                Probes = AtLeast(0, "--probes", parsed.GetValue(probes)),
                Steps = AtLeast(1, "--steps", parsed.GetValue(steps)),
            };
            // In float32 rounding of a product is some 1e-6 of the largest eigenvalue.
            var single = parsed.GetValue(precision) == "float32";
            return Run(
                parsed.GetValue(model)!,
                parsed.GetValue(data)!,
                parsed.GetValue(loss)!,
                new(parsed.GetValue(parameters), OutputFile.Checked(parsed.GetValue(save), parsed.GetValue(force))),
                single ? inspection with { Tolerance = 1e-4 } : inspection,
                single ? torch.ScalarType.Float32 : torch.ScalarType.Float64,
                AtLeast(1, "--micro-batch", parsed.GetValue(microBatch)),
                parsed.GetValue(output),
                parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(
        string model,
        string data,
        string lossName,
        ParameterFiles parameters,
        Inspection inspection,
        torch.ScalarType precision,
        int microBatch,
        string? output,
        bool json)
    {
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        using var script = new ScriptModel(model, precision, parameters.From);
        var samples = Read(data);
        var x = samples.X.is_floating_point() ? samples.X.to(precision) : samples.X;
        var kind = lossName == "mse" ? LossKind.Mse : LossKind.CrossEntropy;
        var loss = script.Loss(kind, x, samples.Y, microBatch);
        if (parameters.To is { } file) script.Save(file);
        var name = "inspect-" + Path.GetFileNameWithoutExtension(model);
        var report = InspectionDisplay.Show(progress =>
            inspection.At(loss, script.Parameters.Theta(), script.Parameters.Parts, progress));

        var folder = output ?? RunFolders.New(RunFolders.DefaultRoot, name);
        using (var writer = RunWriter.Create(folder))
        {
            InspectionRecord.Write(writer, name, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model"] = Path.GetFullPath(model),
                ["parameters"] = parameters.From is { } from ? Path.GetFullPath(from) : "the model's own",
                ["data"] = $"{Path.GetFullPath(data)}, {samples.X.shape[0]} samples",
                ["loss"] = lossName,
                ["precision"] = precision.ToString().ToLowerInvariant(),
            }, report);
        }
        using var reader = RunReader.Open(folder);
        var page = RunPage.Write(reader);
        if (json) Answer.Print(Document(report, reader, page));
        else Write(report, reader, page);
        return report.Converged
            ? Answer.Success
            : Answer.Error("the eigenvalues did not all meet their tolerance; their residuals say how far they are", Answer.Failed);
    }

    private static Samples Read(string path)
    {
        if (!File.Exists(path)) throw new InputException($"{path}: no such file");
        try
        {
            return SampleFile.Read(path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new InputException(e.Message);
        }
    }

    private static object Document(InspectionReport report, RunReader run, string page) => new
    {
        report.Parameters,
        report.Loss,
        report.GradientNorm,
        report.Top,
        report.Bottom,
        Trace = new { report.Trace.Value, report.Trace.StandardError },
        EffectiveRank = report.Quadrature?.IntrinsicRank,
        ParticipationRank = report.Quadrature?.ParticipationRank,
        ConditionNumber = report.Quadrature?.ConditionNumber(Inspection.NullCut),
        report.Layers,
        report.LargestStableStep,
        report.Advice,
        report.WarmUp,
        report.Products,
        report.Converged,
        Run = run.Folder,
        Page = page,
    };

    private static void Write(InspectionReport report, RunReader run, string page)
    {
        var manifest = run.Manifest();
        Console.Out.WriteLine(Story.Of(run));
        Console.Out.WriteLine();
        foreach (var bound in report.Top) Console.Out.WriteLine(Line("top", bound));
        foreach (var bound in report.Bottom) Console.Out.WriteLine(Line("bottom", bound));
        Console.Out.WriteLine(Invariant($"trace      {report.Trace.Value,14:g8}  ± {report.Trace.StandardError:g2}"));
        Console.Out.WriteLine();
        AnswerTable.Write(["layer", "parameters", "sharpness", "trace", "of u"], SpectrumStory.Layers(manifest));
        AnswerTable.Write(["method", "stable up to", "because"], SpectrumStory.Advice(manifest));
        Console.Out.WriteLine(Invariant($"{report.Products} Hessian products, {report.Parameters} parameters"));
        RunPage.Tell(run, page);
    }

    private static string Line(string end, EigenvalueBound bound) =>
        Invariant($"{end,-10} {bound.Value,14:g8}  ± {bound.Residual:g2}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static int AtLeast(int least, string name, int value) =>
        value >= least ? value : throw new InputException($"{name} {value}: it must be at least {least}");

    /// <summary>Where values come from, and where they go.</summary>
    private sealed record ParameterFiles(string? From, string? To);
}
