using System.CommandLine;
using Brink.Lab;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class ForkCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = RunPage.Which };
        var at = new Option<long>("--at")
        {
            Description = "Step of the last common state, counted from the initial parameters. Before 2/eta is reached: a step at which the"
                + " sharpness was checked.",
            HelpName = "STEP",
            Required = true,
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Change one value from that step on, such as learning_rate=0.02. May be repeated. Without it, the branch is a"
                + " control: its numbers are those of the run, bit for bit.",
            HelpName = "PATH=VALUE",
            DefaultValueFactory = _ => [],
        };
        var output = RunPage.Folder("runs/RUN-at-STEP");
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "fork",
            "Branches a run: the same states up to a step, and other settings from there on.",
            "brink fork quickstart --at 1500 --set learning_rate=0.02")
        {
            run, at, set, output, every, json,
        };
        command.SetAction(parsed =>
        {
            var fork = new Fork(
                RunFolders.Find(RunFolders.DefaultRoot, parsed.GetValue(run)!), parsed.GetValue(at), parsed.GetValue(set)!);
            var name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(fork.Parent))}-at-{fork.Step}";
            return Run(
                fork, name, parsed.GetValue(output) ?? RunFolders.New(RunFolders.DefaultRoot, name),
                CheckpointOption.Pace(parsed.GetValue(every)), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(Fork fork, string name, string folder, CheckpointPace pace, bool json)
    {
        LoadedLibtorch.Require();
        using var interruption = new Interruption();
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var parent = RunReader.Open(fork.Parent);
        foreach (var difference in Repetition.Differences(parent.Manifest())) Answer.Note(difference);
        Resumption branch;
        try
        {
            branch = StudyDisplay.Show(
                $"{name}: up to step {fork.Step}",
                progress => fork.Begin(folder, name, TimeProvider.System, progress, interruption.Token));
        }
        catch (OperationCanceledException)
        {
            return Answer.Error($"interrupted before step {fork.Step}; nothing is kept: call the command again", Answer.Failed);
        }
        using (branch)
        {
            var code = StudyAnswer.Of(
                branch,
                pace,
                json,
                interruption.Token,
                made => Compare(fork, parent, made));
            if (!json) Console.Out.WriteLine(
                $"'brink report {RunPage.Named(fork.Parent)} {RunPage.Named(folder)}' draws both from step {fork.Step} on");
            return code;
        }
    }

    /// <summary>Reports whether a control has the numbers of its parent.</summary>
    private static void Compare(Fork fork, RunReader parent, RunReader made)
    {
        if (fork.Settings.Count == 0) Answer.Note(Repetition.Comparison(parent, made));
    }
}
