using Brink.Cli.Commands;
using Brink.Graphs;
using Brink.Lab;
using Brink.Runs;
using TorchSharp;

namespace Brink.Cli;

/// <summary>The inspection of an ONNX or .pt2 file.</summary>
internal static class GraphInspection
{
    private static readonly Inspection Default = new();

    /// <summary>Inspects the model, and stores the result as a run.</summary>
    public static int Run(
        ScriptProblem problem,
        GraphProblemFiles files,
        DerivativeEngine engine,
        string? save,
        Inspection inspection,
        bool isUnchecked,
        string? output,
        bool json)
    {
        problem.RequireFiles();
        StandardOutput.Reserve();
        LoadedLibtorch.Require();
        if (output is not null) RunFolders.CheckNew(output);
        using var scope = torch.NewDisposeScope();
        var started = TimeProvider.System.GetTimestamp();
        using var graph = new GraphProblem(files, Kind(problem.Loss), problem.Type, engine, problem.MicroBatch);
        InspectCommand.CheckCount("--top", inspection.Top, Default.Top, graph.Model.Dimension);
        InspectCommand.CheckCount("--bottom", inspection.Bottom, Default.Bottom, graph.Model.Dimension);
        var verdict = graph.Check();
        if (verdict.Fault is { } fault && !isUnchecked)
            return Answer.Error($"{problem.Model}: {fault}, or use --unchecked to continue anyway", Answer.Failed);
        if (save is not null) graph.Save(save);
        try
        {
            var report = StudyDisplay.Show("inspect", (Action<StudyProgress>? progress) =>
                inspection.At(graph.Loss, graph.Theta, graph.Parts, progress, verdict.ProductNoise));
            string[] remarks = [.. graph.Remarks, .. ScriptCheck.Remarks(verdict)];
            return InspectCommand.Recorded(
                problem,
                "inspect-" + Path.GetFileNameWithoutExtension(problem.Model),
                problem.Parameters is { } from ? Path.GetFullPath(from) : "the model's own",
                graph.Samples,
                [],
                report with { Check = verdict, Remark = remarks.Length == 0 ? null : string.Join(' ', remarks) },
                TimeProvider.System.GetElapsedTime(started),
                output,
                json);
        }
        catch (ArithmeticException)
        {
            throw new InputException(
                $"{problem.Model}: a Hessian product is not finite: the loss has no second derivative at this point; look for a norm,"
                    + " square root or division at zero");
        }
    }

    internal static GraphLoss Kind(string loss) => loss switch
    {
        "mse" => GraphLoss.SquaredError,
        "cross-entropy" => GraphLoss.CrossEntropy,
        "next-token" => GraphLoss.NextToken,
        _ => GraphLoss.Inside,
    };
}
