using System.CommandLine;
using TorchSharp;

namespace Brink.Cli.Commands;

/// <summary>The child's part of a <see cref="Rehearsal"/>: not for users.</summary>
internal static class RehearseCommand
{
    public static Command Create()
    {
        var command = new Command(Rehearsal.Command, "Tries a TorchScript model out, as 'inspect' does before it begins.")
        {
            Hidden = true,
        };
        var problem = ScriptOptions.Of(command);
        command.SetAction(parsed => Run(problem.From(parsed)));
        return command;
    }

    private static int Run(ScriptProblem problem)
    {
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        var samples = problem.Samples();
        Tell($"loads {Path.GetFileName(problem.Model)}");
        using var script = problem.Script();
        problem.LossOf(script, samples, Tell);
        return Answer.Success;
    }

    // At once: what is said after the process died is not.
    private static void Tell(string stage)
    {
        Console.Out.WriteLine(stage);
        Console.Out.Flush();
    }
}
