using System.CommandLine;
using Brink.Lab;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class ResumeCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "Name under runs, or folder." };
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "resume",
            "Goes on with a run that was ended early, from its last good checkpoint: every number is as if it had not been.",
            "brink resume quickstart")
        {
            run, every, json,
        };
        command.SetAction(parsed => Run(
            RunFolders.Find(RunFolders.DefaultRoot, parsed.GetValue(run)!),
            CheckpointOption.Pace(parsed.GetValue(every)),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string folder, CheckpointPace pace, bool json)
    {
        LoadedLibtorch.Require();
        using var interruption = new Interruption();
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var resumption = Resumption.Of(folder);
        foreach (var loss in resumption.Losses) Console.Error.WriteLine($"brink: {loss}");
        if (resumption.Losses.Count > 0)
        {
            Console.Error.WriteLine(resumption.From is { } earlier
                ? $"brink: goes on from the checkpoint after {earlier.Seconds:f1} s of the run; the rest is computed again"
                : "brink: begins anew; everything is computed again");
        }
        var (run, from, token) = (resumption.Run, resumption.From, interruption.Token);
        switch (resumption.Study)
        {
            case GameTrainingRun.OnGames:
                return Trained(GameTraining.FromJson(resumption.Experiment), resumption, pace, json, token);
            case GameTrainingRun.OnGans:
                return Trained(GanTraining.FromJson(resumption.Experiment), resumption, pace, json, token);
            case BnpComparison.Kind:
                var bnp = new BnpComparison(BnpStudy.FromJson(resumption.Experiment), run, TimeProvider.System);
                var (trained, results) = StudyDisplay.Show(resumption.Name, progress =>
                    from is null ? bnp.Run(resumption.Name, progress, token) : bnp.Resume(from, progress, token));
                run.Dispose();
                return BnpCommand.Told(trained, results, json);
            case EscapeRun.Kind:
                var escape = new EscapeRun(EscapeStudy.FromJson(resumption.Experiment), run, TimeProvider.System, pace);
                var (counted, report) = StudyDisplay.Show(resumption.Name, progress =>
                    from is null ? escape.Run(resumption.Name, progress, token) : escape.Resume(from, progress, token));
                run.Dispose();
                return EscapeCommand.Told(counted, report, json);
            default:
                var study = ExperimentYaml.Parse(resumption.Experiment, folder);
                return RunCommand.Told(study, run, json, () => RunCommand.Made(study, resumption.Name, run, from, pace, token));
        }
    }

    private static int Trained(
        IOptimizerTraining training, Resumption resumption, CheckpointPace pace, bool json, CancellationToken cancellation)
    {
        var games = new GameTrainingRun(training, resumption.Run, TimeProvider.System, pace);
        var trained = GameTrainingDisplay.Show(resumption.Name, training, progress => resumption.From is { } from
            ? games.Resume(from, progress, cancellation)
            : games.Run(resumption.Name, progress, cancellation));
        resumption.Dispose();
        return GameTrainingDisplay.Tell(trained, json);
    }
}
