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
            "Writes one self-contained HTML page about a run, or about several, which are compared in shared figures and tables.",
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
            using var opened = new OpenedRuns(folders);
            var path = file ?? Page.In(opened.Readers[0]);
            Page.Write(opened.Readers, path);
            if (parsed.GetValue(json)) Answer.Print(new { Page = Path.GetFullPath(path) });
            else Console.Out.WriteLine(path);
            return Answer.Success;
        });
        return command;
    }
}
