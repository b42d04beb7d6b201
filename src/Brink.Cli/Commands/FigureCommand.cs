using System.CommandLine;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class FigureCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "Name under runs, or folder." };
        var name = new Argument<string>("NAME")
        {
            Description = string.Join(", ", Figures.Names())
                + "; with several unstable directions x_2, x_3 and so on.",
        };
        var output = new Option<string?>("--out")
        {
            Description = "The file, .svg or .png. Default: NAME.svg in the folder of the run.",
        };
        var force = OutputFile.Force();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "figure",
            "Writes one figure of a run as SVG or PNG.",
            "brink figure quickstart main --out main.svg")
        {
            run,
            name,
            output,
            force,
            json,
        };
        command.SetAction(parsed =>
        {
            var figure = parsed.GetValue(name)!;
            var folder = RunFolders.Find(RunFolders.DefaultRoot, parsed.GetValue(run)!);
            using var reader = RunReader.Open(folder);
            var all = Figures.Of(reader);
            var names = Figures.Names().Union(all.Select(one => one.Name)).ToArray();
            if (!names.Contains(figure))
                throw new InputException($"{figure}: no such figure{Nearest.Hint(figure, names)}");
            var path = OutputFile.Checked(parsed.GetValue(output), parsed.GetValue(force))
                ?? Path.Combine(folder, $"{figure}.svg");
            var figures = Figures.Named(all, figure);
            if (figures.Count == 0)
            {
                throw new InputException(
                    $"{figure}: the run has no data for this figure (status {reader.Manifest().Status})");
            }
            try
            {
                FigureImage.Write(figures, path);
            }
            catch (NotSupportedException e)
            {
                throw new InputException(e.Message);
            }
            if (parsed.GetValue(json)) Answer.Print(new { Figure = Path.GetFullPath(path) });
            else Console.Out.WriteLine(path);
            return Answer.Success;
        });
        return command;
    }
}
