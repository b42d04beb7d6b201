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
        var (name, study) = ExperimentOptions.Study(what, set);
        if (seed is { } given) study = (study with { Seed = given }).Checked();
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
                summary = RunDisplay.Show(name, progress => study switch
                {
                    Experiment edge => new EdgeOfStability(edge, writer, TimeProvider.System)
                        .Run(name, progress, interrupted.Token),
                    SpeedStudy speed => new TrainingSpeed(speed, writer, TimeProvider.System)
                        .Run(name, progress, interrupted.Token),
                    _ => throw new InputException($"{name}: nothing runs a study of the kind '{study.Kind}'"),
                });
            }
            catch (RunStoreException e)
            {
                return Answer.Error(e.Message + "; what was committed before is kept", Answer.Failed);
            }
        }

        using var reader = RunReader.Open(folder);
        var page = Path.Combine(summary.Folder, "page.html");
        Page.Write([reader], page);
        if (json) Answer.Print(RunDocument.Of(study, summary, reader.Manifest(), page));
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

    private static void Print(RunSummary summary, RunReader reader, string page)
    {
        Console.Out.WriteLine($"{summary.Status.Name()} in {summary.Seconds:f1} s: {summary.Message}");
        Console.Out.WriteLine(Story.Of(reader));
        Console.Out.WriteLine($"run   {Path.GetRelativePath(".", summary.Folder)}");
        Console.Out.WriteLine($"page  {Path.GetRelativePath(".", page)}");
    }
}
