using System.CommandLine;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class ReportCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = RunPage.Which,
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--out")
        {
            Description = "Output file. Default: page.html in the folder of the first run.",
            HelpName = "FILE",
        };
        var force = OutputFile.Force();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "report",
            "Writes one self-contained HTML page about one or more runs.",
            "brink report quickstart --out quickstart.html")
        {
            runs,
            output,
            force,
            json,
        };
        command.SetAction(parsed =>
        {
            var folders = parsed.GetValue(runs)!
                .Select(run => RunFolders.Find(RunFolders.DefaultRoot, run))
                .ToArray();
            var file = OutputFile.Checked(parsed.GetValue(output), parsed.GetValue(force));
            var readers = folders.Select(RunReader.Open).ToArray();
            var path = file ?? Page.In(readers[0]);
            Page.Write(readers, path);
            foreach (var reader in readers) reader.Dispose();
            if (parsed.GetValue(json)) Answer.Print(new { Page = Path.GetFullPath(path) });
            else Console.Out.WriteLine(path);
            return Answer.Success;
        });
        return command;
    }
}
