using System.CommandLine;
using Brink.Lab;
using TorchSharp;

namespace Brink.Cli.Commands;

/// <summary>The command of the child process of a <see cref="Rehearsal"/>; it is not for users.</summary>
internal static class RehearseCommand
{
    public static Command Create()
    {
        var command = new Command(Rehearsal.Command, "Tries a TorchScript model, as 'brink inspect' does in a child process.")
        {
            Hidden = true,
        };
        var problem = ScriptOptions.Of(command);
        var byLayer = new Option<bool>(Rehearsal.ByLayer)
        {
            Description = "Only find the parameter behind which the second derivative is missing.",
        };
        command.Options.Add(byLayer);
        command.SetAction(parsed => Run(problem.From(parsed), parsed.GetValue(byLayer)));
        return command;
    }

    private static int Run(ScriptProblem problem, bool byLayer)
    {
        StandardOutput.Reserve();
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        var samples = problem.Samples();
        Announce($"loads {Path.GetFileName(problem.Model)}");
        using var script = problem.Script();
        if (byLayer) problem.DifferentiateByLayer(script, samples, name => Announce($"{ScriptModel.Twice}, behind {name}"));
        else problem.LossOf(script, samples, Announce);
        return Answer.Success;
    }

    // Flushed at once: buffered text is lost if the process dies.
    private static void Announce(string stage)
    {
        Console.Out.WriteLine(stage);
        Console.Out.Flush();
    }
}
