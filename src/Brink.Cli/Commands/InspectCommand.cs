using System.CommandLine;
using System.Globalization;
using Brink.Graphs;
using Brink.Lab;
using Brink.Objectives;
using Brink.Reports;
using Brink.Runs;
using Brink.Spectra;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class InspectCommand
{
    private static readonly Inspection Default = new();

    private const string Unreached =
        "The loss reaches no parameter: all derivatives are zero.";

    public static Command Create()
    {
        var save = new Option<string?>("--save-parameters")
        {
            Description = "Write the inspected parameters and buffers, by name, to this safetensors file.",
            HelpName = "FILE",
        };
        var force = OutputFile.Force("--save-parameters");
        var top = UsualOption.Of("--top", "Number of largest eigenvalues.", Default.Top);
        var bottom = UsualOption.Of("--bottom", "Number of smallest eigenvalues.", Default.Bottom);
        var probes = UsualOption.Of("--probes", "Random probes of the spectral density; 0 omits the density.", Default.Probes);
        var steps = UsualOption.Of("--steps", "Hessian products per probe.", Default.Steps);
        var isUnchecked = new Option<bool>("--unchecked")
        {
            Description = "Continue even if the derivatives do not match the loss; the report then says so.",
        };
        var output = RunPage.Folder("runs/inspect-NAME");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "inspect",
            "Computes the Hessian spectrum of any model (ONNX, torch.export, TorchScript) and the largest stable learning rates.",
            "brink inspect model.onnx --data images.npz --loss cross-entropy --top 5 --bottom 2");
        var script = ScriptOptions.Of(command);
        foreach (var option in new Option[] { top, bottom, probes, steps, save, force, isUnchecked, output, json }) command.Add(option);
        command.SetAction(parsed =>
        {
            var inspection = Default with
            {
                Top = AtLeast(1, "--top", parsed.GetValue(top)),
                Bottom = AtLeast(0, "--bottom", parsed.GetValue(bottom)),
                Probes = AtLeast(0, "--probes", parsed.GetValue(probes)),
                Steps = AtLeast(1, "--steps", parsed.GetValue(steps)),
            };
            var problem = script.From(parsed);
            if (GraphFile.IsGraph(problem.Model))
            {
                return GraphInspection.Run(
                    problem,
                    script.Graph.Files(parsed, problem),
                    script.Graph.Engine(parsed),
                    OutputFile.Checked(parsed.GetValue(save), parsed.GetValue(force)),
                    problem.Type == torch.ScalarType.Float32 ? inspection with { Tolerance = 1e-4 } : inspection,
                    parsed.GetValue(isUnchecked),
                    parsed.GetValue(output),
                    parsed.GetValue(json));
            }
            if (script.Graph.GivenIn(parsed) is { } given)
                throw new InputException($"{given}: is for ONNX and .pt2 files; {problem.Model} is neither");
            if (problem.Loss is "next-token" or "inside")
                throw new InputException($"--loss {problem.Loss}: is for ONNX and .pt2 files; {problem.Model} is neither");
            return Run(
                problem,
                OutputFile.Checked(parsed.GetValue(save), parsed.GetValue(force)),
                // In float32 the rounding error of a product is about 1e-6 of the largest eigenvalue.
                problem.Type == torch.ScalarType.Float32 ? inspection with { Tolerance = 1e-4 } : inspection,
                parsed.GetValue(isUnchecked),
                parsed.GetValue(output),
                parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(ScriptProblem problem, string? save, Inspection inspection, bool isUnchecked, string? output, bool json)
    {
        StandardOutput.Reserve();
        LoadedLibtorch.Require();
        if (output is not null) RunFolders.CheckNew(output);
        using var scope = torch.NewDisposeScope();
        var samples = problem.Samples();
        Rehearsal.Of(problem);
        var started = TimeProvider.System.GetTimestamp();
        using var script = problem.Script();
        var loss = problem.LossOf(script, samples);
        CheckCount("--top", inspection.Top, Default.Top, script.Parameters.Dimension);
        CheckCount("--bottom", inspection.Bottom, Default.Bottom, script.Parameters.Dimension);
        var verdict = problem.Check(script, loss, samples);
        if (verdict.Fault is { } fault && !isUnchecked)
            return Answer.Error($"{problem.Model}: {fault}, or use --unchecked to continue anyway", Answer.Failed);
        if (save is not null) script.Save(save);
        var name = "inspect-" + Path.GetFileNameWithoutExtension(problem.Model);
        var report = Inspected(problem, script, loss, inspection, verdict, samples.Notes);

        return Recorded(
            problem,
            name,
            problem.Parameters is { } from ? Path.GetFullPath(from) : "the model's own",
            samples.X.shape[0],
            samples.Notes,
            report,
            TimeProvider.System.GetElapsedTime(started),
            output,
            json);
    }

    /// <summary>Stores a report as a run with its page, and prints it.</summary>
    internal static int Recorded(
        ScriptProblem problem,
        string name,
        string parameters,
        long samples,
        IReadOnlyList<string> notes,
        InspectionReport report,
        TimeSpan elapsed,
        string? output,
        bool json)
    {
        var folder = output ?? RunFolders.New(RunFolders.DefaultRoot, name);
        using (var writer = RunWriter.Create(folder))
        {
            InspectionRecord.Write(writer, name, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model"] = Path.GetFullPath(problem.Model),
                ["parameters"] = parameters,
                ["data"] = $"{string.Join(" and ", problem.Files.Select(Path.GetFullPath))}, {samples} samples",
                ["loss"] = problem.Loss,
                ["precision"] = problem.Precision,
            }, report, elapsed.TotalSeconds);
        }
        using var reader = RunReader.Open(folder);
        var page = RunPage.Write(reader);
        foreach (var note in notes) Answer.Note(note);
        if (json) Answer.PrintFinite(Document(report, reader, page));
        else Write(report, reader, page);
        return report.Converged
            ? Answer.Success
            : Answer.Error("some eigenvalues did not reach the tolerance; each is accurate to its residual only", Answer.Failed);
    }

    private static InspectionReport Inspected(
        ScriptProblem problem,
        ScriptModel script,
        DifferentiableSum loss,
        Inspection inspection,
        DerivativeVerdict verdict,
        IReadOnlyList<string> notes)
    {
        try
        {
            var report = StudyDisplay.Show("inspect", (Action<StudyProgress>? progress) => inspection.At(
                loss, script.Parameters.Theta(), script.Parameters.Parts, progress, verdict.ProductNoise));
            string[] remarks =
            [
                .. script.DependsOnParameters(loss) ? [] : new[] { Unreached },
                .. script.Remarks, .. ScriptCheck.Remarks(verdict), .. notes.Select(note => note + "."),
            ];
            return report with { Check = verdict, Remark = remarks.Length == 0 ? null : string.Join(' ', remarks) };
        }
        catch (ArithmeticException)
        {
            throw new InputException($"{problem.Model}: {script.NotFinite(loss)}");
        }
    }

    internal static void CheckCount(string option, int count, int usual, long dimension)
    {
        // The default may exceed the number of eigenvalues of a very small model, and then means all of them.
        if (count > Math.Max(usual, dimension))
            throw new InputException($"{option} {count}: it must be at most {dimension}, the number of parameters of the model");
    }

    private static object Document(InspectionReport report, RunReader run, string page) => new
    {
        report.Remark,
        report.Parameters,
        report.Loss,
        report.GradientNorm,
        report.Top,
        report.Bottom,
        Trace = new { report.Trace.Value, report.Trace.StandardError },
        EffectiveRank = report.Quadrature?.IntrinsicRank,
        ParticipationRank = report.Quadrature?.ParticipationRank,
        ConditionNumber = report.Quadrature?.ConditionNumber(SpectralQuadrature.NullCut),
        report.Layers,
        report.LargestStableStep,
        report.Advice,
        report.WarmUp,
        report.Products,
        report.Converged,
        report.Check,
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
        foreach (var table in StudyReports.Standard.Of(manifest).Tables(manifest)) AnswerTable.Write(table.Head, table.Rows);
        Console.Out.WriteLine(Invariant($"{report.Products} Hessian products, {report.Parameters} parameters"));
        RunPage.Print(run, page);
    }

    private static string Line(string end, EigenvalueBound bound) =>
        Invariant($"{end,-10} {bound.Value,14:g8}  ± {bound.Residual:g2}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static int AtLeast(int least, string name, int value) =>
        value >= least ? value : throw new InputException($"{name} {value}: it must be at least {least}");
}
