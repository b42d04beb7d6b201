using System.CommandLine;

namespace Brink.Cli.Commands;

/// <summary>Prints the page docs/reference/command-line.md; the command is for developers of Brink.</summary>
internal static class ReferenceCommand
{
    public static Command Create()
    {
        var command = new Command("reference", "Prints the reference of the command line as Markdown.") { Hidden = true };
        command.SetAction(_ =>
        {
            Console.Out.Write(CommandReference.Of(CommandLine.Root([])));
            return Answer.Success;
        });
        return command;
    }
}
