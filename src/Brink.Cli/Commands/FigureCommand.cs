using System.CommandLine;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

/// <summary>brink figure: draws a figure of a run, or of several runs laid over each other; without the name of a figure, lists
/// those of the runs.</summary>
internal static class FigureCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN... [NAME]")
        {
            Description = "Runs, by their names under runs or their folders, and last the name of the figure, such as main or sharpness."
                + " Without that name: lists the figures of the runs.",
            Arity = ArgumentArity.OneOrMore,
        };
        var labels = new Option<string?>("--labels")
        {
            Description = "Labels of the runs, separated by commas. Default: the settings that differ.",
        };
        var look = new FigureOptions();
        var output = new Option<string?>("--out")
        {
            Description = "The file, .svg, .png or .pdf. Default: NAME.svg in the folder of the run; of several runs, in the current"
                + " folder.",
        };
        var force = OutputFile.Force();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "figure",
            "Writes a figure as SVG, PNG or PDF: of one run, or of several laid over each other; or lists the figures.",
            "brink figure quickstart main --out main.svg")
        {
            runs, labels,
        };
        foreach (var option in look.All) command.Add(option);
        foreach (var option in new Option[] { output, force, json }) command.Add(option);
        command.SetAction(parsed =>
        {
            var style = look.Style(parsed);
            var (folders, last) = Divided(parsed.GetValue(runs)!);
            using var opened = new OpenedRuns(folders);
            var readers = opened.Readers;
            if (last is null) return List(readers, parsed.GetValue(json));
            var figure = Known(last, readers);
            var compared = parsed.GetValue(labels) is { } given
                ? new ComparedRuns(readers, Labels(given, readers.Count))
                : new ComparedRuns(readers);
            var file = parsed.GetValue(output) ?? (readers.Count > 1 ? $"{figure}.svg" : null);
            var path = OutputFile.Checked(file, parsed.GetValue(force)) ?? Path.Combine(folders[0], $"{figure}.svg");
            var panels = look.Applied(parsed, Panels(compared, figure, known => look.Drawn(parsed, known)));
            try
            {
                FigureImage.Write(panels, path, style);
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

    /// <summary>Divides the arguments into the folders of runs and the name of a figure: the last argument, if there are several,
    /// unless it is a run and no figure.</summary>
    private static (IReadOnlyList<string> Folders, string? Figure) Divided(string[] arguments)
    {
        if (arguments is [var only])
        {
            if (Figures.Names().Contains(only) && RunFolders.TryFind(RunFolders.DefaultRoot, only) is null)
                throw new InputException($"{only}: is a figure; name a run before it, as in 'brink figure RUN {only}'");
            return ([RunFolders.Find(RunFolders.DefaultRoot, only)], null);
        }
        string[] before = [.. arguments[..^1].Select(run => RunFolders.Find(RunFolders.DefaultRoot, run))];
        return !Figures.Names().Contains(arguments[^1]) && RunFolders.TryFind(RunFolders.DefaultRoot, arguments[^1]) is { } last
            ? ([.. before, last], null)
            : (before, arguments[^1]);
    }

    private static string Known(string figure, IReadOnlyList<RunReader> runs)
    {
        if (Figures.Names().Contains(figure)) return figure;
        string[] names =
        [
            .. Figures.Names().Union(runs.SelectMany(run => Figures.Listed(run)).Select(one => one.Name), StringComparer.Ordinal),
        ];
        return names.Contains(figure) ? figure : throw new InputException($"{figure}: no such figure{Nearest.Hint(figure, names)}");
    }

    private static string[] Labels(string text, int runs)
    {
        var labels = text.Split(',', StringSplitOptions.TrimEntries);
        return labels.Length == runs ? labels : throw new InputException($"--labels: {labels.Length} labels for {runs} runs");
    }

    /// <summary>Returns the panels of a figure of the runs.</summary>
    /// <param name="runs">Runs to compare.</param>
    /// <param name="name">Name of the figure or group.</param>
    /// <param name="selection">Returns which of the curves of the runs are drawn.</param>
    private static IReadOnlyList<Figure> Panels(ComparedRuns runs, string name, Func<IEnumerable<Curve>, Predicate<Curve>?> selection)
    {
        var each = runs.Runs.Select(run => Figures.Named(Figures.Of(run), name)).ToArray();
        foreach (var (run, figures) in runs.Runs.Zip(each))
        {
            if (figures.Count == 0)
            {
                throw new InputException(
                    $"{name}: the run {Path.GetFileName(run.Folder)} has no data for this figure (status {run.Manifest().Status})");
            }
            if (runs.Runs.Count > 1 && figures.FirstOrDefault(figure => figure.Map is not null) is { } map)
                throw new InputException($"{map.Name}: a heat map, which would hide those of the other runs; draw one run at a time");
        }
        var drawn = selection(each.SelectMany(figures => figures).SelectMany(figure => figure.Curves));
        return drawn is null && each is [var single]
            ? single
            : Figures.Named([.. Figures.Chapters(runs, drawn).SelectMany(chapter => chapter.Figures)], name);
    }

    /// <summary>Lists the figures of all runs.</summary>
    private static int List(IReadOnlyList<RunReader> runs, bool json)
    {
        var entries = runs.SelectMany(run => Figures.Listed(run)).GroupBy(entry => entry.Name).Select(named => new
        {
            Name = named.Key,
            Title = named.Select(entry => entry.Title).FirstOrDefault(title => title.Length > 0) ?? "",
            named.First().Panels,
            Runs = named.Count(entry => entry.HasData),
        }).ToArray();
        if (json)
        {
            Answer.Print(entries.Select(entry => new { entry.Name, entry.Title, entry.Panels, HasData = entry.Runs == runs.Count }));
            return Answer.Success;
        }
        AnswerTable.Write(
            ["figure", "data", "title or panels"],
            [.. entries.Select(entry => new[] { entry.Name, Data(entry.Runs), entry.Title })]);
        return Answer.Success;

        string Data(int with) => with == runs.Count ? "yes" : with == 0 ? "no" : $"{with} of {runs.Count} runs";
    }
}
