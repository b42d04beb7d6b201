using System.CommandLine;
using Brink.Lab;
using TorchSharp;

namespace Brink.Cli.Commands;

/// <summary>The command of the child process of a <see cref="Rehearsal"/>; it is not for users.</summary>
internal static class RehearseCommand
{
    public static Command Create()
    {
        var command = new Command(Rehearsal.Command, "Tries a TorchScript model out, as 'inspect' does before it begins.")
        {
            Hidden = true,
        };
        var problem = ScriptOptions.Of(command);
        var byLayer = new Option<bool>(Rehearsal.ByLayer) { Description = "Only which parameter the second derivative is missing behind." };
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
        Tell($"loads {Path.GetFileName(problem.Model)}");
        using var script = problem.Script();
        if (byLayer) problem.DifferentiateByLayer(script, samples, name => Tell($"{ScriptModel.Twice}, behind {name}"));
        else problem.LossOf(script, samples, Tell);
        return Answer.Success;
    }

    // Flushed at once: buffered text is lost if the process dies.
    private static void Tell(string stage)
    {
        Console.Out.WriteLine(stage);
        Console.Out.Flush();
    }
}
