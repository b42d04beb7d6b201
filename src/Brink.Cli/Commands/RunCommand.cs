using System.CommandLine;
using System.Runtime.InteropServices;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class RunCommand
{
    public static Command Create()
    {
        var (what, set) = (ExperimentOptions.What(), ExperimentOptions.Set());
        var output = new Option<string?>("--out")
        {
            Description = "Folder of the run; it must be new or empty. Default: runs/NAME.",
        };
        var seed = new Option<long?>("--seed") { Description = "Seed of the initial parameters." };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "run",
            "Trains at the edge of stability, predicts it, and leaves a page that shows both.",
            "brink run quickstart --set learning_rate=0.02 --out runs/slower")
        {
            what, set, output, seed, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(what)!,
            parsed.GetValue(set)!,
            parsed.GetValue(output),
            parsed.GetValue(seed),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string what, string[] set, string? output, long? seed, bool json)
    {
        var (name, experiment) = ExperimentOptions.Experiment(what, set);
        if (seed is { } given) experiment = (experiment with { Seed = given }).Checked();
        LoadedLibtorch.Require();

        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        var folder = output ?? RunFolders.New(RunFolders.DefaultRoot, name.Replace('/', '-'));
        RunSummary summary;
        using (var writer = RunWriter.Create(folder))
        {
            try
            {
                summary = RunDisplay.Show(name, progress =>
                    new EdgeOfStability(experiment, writer, TimeProvider.System)
                        .Run(name, progress, interrupted.Token));
            }
            catch (RunStoreException e)
            {
                return Answer.Error(e.Message + "; what was committed before is kept", Answer.Failed);
            }
        }

        using var reader = RunReader.Open(folder);
        var page = Path.Combine(summary.Folder, "page.html");
        Page.Write([reader], page);
        if (json) Answer.Print(Document(summary, reader.Manifest(), page));
        else Print(summary, reader, page);
        return summary.Status switch
        {
            RunStatus.Completed or RunStatus.Stable => Answer.Success,
            _ => Answer.Error(
                $"{summary.Status.Name()}: {summary.Message}; everything until then is in {folder}",
                Answer.Failed),
        };

        // The first signal ends the run with everything saved; a second one is the system's.
        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = !interrupted.IsCancellationRequested;
            interrupted.Cancel();
        }
    }

    private static object Document(RunSummary summary, RunManifest manifest, string page) => new
    {
        Run = summary.Folder,
        Status = summary.Status.Name(),
        summary.Message,
        Threshold = manifest.Number("threshold"),
        InstabilityStep = manifest.Number("instability_step"),
        TrackedSteps = manifest.Number("tracked_steps"),
        MaxConstraintError = manifest.Number("max_constraint_error"),
        MaxAlignmentError = manifest.Number("max_alignment_error"),
        ProductsPerStep = manifest.Number("products_per_step"),
        GradientsPerStep = manifest.Number("gradients_per_step"),
        ThirdDerivativesPerStep = manifest.Number("third_derivatives_per_step"),
        PredictionErrorMean = manifest.Number("prediction_error_mean"),
        PredictionErrorMax = manifest.Number("prediction_error_max"),
        summary.Seconds,
        Page = page,
    };

    private static void Print(RunSummary summary, RunReader reader, string page)
    {
        Console.Out.WriteLine($"{summary.Status.Name()} in {summary.Seconds:f1} s: {summary.Message}");
        Console.Out.WriteLine(Story.Of(reader));
        Console.Out.WriteLine($"run   {Path.GetRelativePath(".", summary.Folder)}");
        Console.Out.WriteLine($"page  {Path.GetRelativePath(".", page)}");
    }
}
