using System.CommandLine;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Archive written by 'brink runs export --archive'." };
        var output = new Option<string?>("--out")
        {
            Description = "Folder for the run; it must not exist. Default: runs/NAME.",
            HelpName = "FOLDER",
        };
        var json = Answer.Json();
        var command = new ExampleCommand("import", "Imports a run from an archive.", "brink runs import quickstart.zip")
        {
            file, output, json,
        };
        command.SetAction(parsed =>
        {
            var folder = RunArchive.Read(parsed.GetValue(file)!, RunFolders.DefaultRoot, parsed.GetValue(output));
            if (parsed.GetValue(json)) Answer.Print(new { Run = folder });
            else Console.Out.WriteLine($"run   {Path.GetRelativePath(".", folder)}");
            return Answer.Success;
        });
        return command;
    }
}
