using System.CommandLine;
using Brink.Lab;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class ResumeCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = RunPage.Which };
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "resume",
            "Resumes an interrupted run from its last checkpoint, bit for bit.",
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

    /// <summary>Resumes the run of a folder, and answers like the command.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string folder, CheckpointPace pace, bool json)
    {
        LoadedLibtorch.Require();
        using var interruption = new Interruption();
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var resumption = Resumption.Of(folder);
        foreach (var loss in resumption.DamagedParts) Answer.Note(loss);
        if (resumption.DamagedParts.Count > 0)
        {
            Answer.Note(resumption.From is { } earlier
                ? $"resuming from the checkpoint at {earlier.Seconds:f1} s of the run; later steps are computed again"
                : "no usable checkpoint: computing the run again from its beginning");
        }
        return StudyAnswer.Of(resumption, pace, json, interruption.Token);
    }
}
