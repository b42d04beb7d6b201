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
            Console.Error.WriteLine(resumption.From is { } from
                ? $"brink: goes on from an earlier checkpoint, after {from.Seconds:f1} s of the run; the rest is computed again"
                : "brink: begins anew; everything is computed again");
        }
        if (resumption.Study == GameTrainingRun.Kind)
        {
            var training = GameTraining.FromJson(resumption.Experiment);
            var games = new GameTrainingRun(training, resumption.Run, TimeProvider.System, pace);
            var trained = GameTrainingDisplay.Show(resumption.Name, training, progress => resumption.From is { } at
                ? games.Resume(at, progress, interruption.Token)
                : games.Run(resumption.Name, progress, interruption.Token));
            resumption.Dispose();
            return GameTrainingDisplay.Tell(trained, json);
        }
        var study = ExperimentYaml.Parse(resumption.Experiment, folder);
        return RunCommand.Told(study, resumption.Run, json, () =>
            RunCommand.Made(study, resumption.Name, resumption.Run, resumption.From, pace, interruption.Token));
    }
}
