using System.CommandLine;
using System.Globalization;
using Brink.Lab;
using Brink.Landscapes;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class LandscapeCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME")
        {
            Description = string.Join("; ", LandscapeCatalog.All.Select(landscape => $"{landscape.Name}: {landscape.Summary}")),
        };
        var eta = new Option<double?>("--eta")
        {
            Description = "Learning rate. Default: one at which the landscape shows its typical behaviour.",
            HelpName = "X",
        };
        var start = new Option<string?>("--start")
        {
            Description = "Initial point of descent: numbers separated by commas, such as 2.2,0.5.",
            HelpName = "LIST",
        };
        var steps = UsualOption.Of("--steps", "Largest number of steps of descent.", 1_000_000L);
        var bifurcation = new Option<bool>("--bifurcation") { Description = "Compute only the bifurcation diagram and its thresholds." };
        var from = new Option<double?>("--from") { Description = "Smallest kappa of the bifurcation diagram.", HelpName = "KAPPA" };
        var to = new Option<double?>("--to") { Description = "Largest kappa of the bifurcation diagram.", HelpName = "KAPPA" };
        var output = RunPage.Folder("runs/landscape-NAME");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "landscape",
            "Runs gradient descent on a loss in closed form that exhibits the edge of stability.",
            "brink landscape minimalist --eta 0.2")
        {
            name, eta, start, steps, bifurcation, from, to, output, json,
        };
        command.SetAction(parsed =>
        {
            LoadedLibtorch.Require();
            var landscape = Named(parsed.GetValue(name)!);
            var rate = parsed.GetValue(eta) ?? landscape.LearningRate;
            var (first, last) = (parsed.GetValue(from), parsed.GetValue(to));
            if (parsed.GetValue(bifurcation))
            {
                if (parsed.GetValue(start) is not null)
                    throw new InputException("--start: cannot be combined with --bifurcation, which needs no initial point");
                LandscapeStudy.CheckedRange(landscape, rate, first, last);
            }
            else if (first is not null || last is not null)
            {
                throw new InputException("--from and --to: require --bifurcation");
            }
            var study = parsed.GetValue(bifurcation) ? null : new LandscapeStudy(
                landscape,
                rate,
                parsed.GetValue(start) is { } text ? Numbers(text) : landscape.Start(rate),
                parsed.GetValue(steps)).Checked();
            var folder = parsed.GetValue(output) ?? RunFolders.New(RunFolders.DefaultRoot, $"landscape-{landscape.Name}");
            var result = Written(folder, landscape, rate, study, first, last);
            using var reader = RunReader.Open(folder);
            StudyAnswer.Write(
                reader,
                parsed.GetValue(json),
                page => Document(landscape, rate, result.Descent, result.Thresholds, reader, page));
            return Answer.Success;
        });
        return command;
    }

    private static (LandscapeDescent? Descent, BifurcationThresholds? Thresholds) Written(
        string folder, NamedLandscape landscape, double rate, LandscapeStudy? study, double? from, double? to)
    {
        using var writer = RunWriter.Create(folder);
        if (study is null) return (null, LandscapeStudy.Bifurcation(writer, landscape, rate, from, to));
        var result = StudyDisplay.Show(landscape.Name, progress => study.Run(writer, progress));
        return (result.Descent, result.Thresholds);
    }

    private static NamedLandscape Named(string name) => LandscapeCatalog.All.FirstOrDefault(landscape => landscape.Name == name)
        ?? throw new InputException(
            $"{name}: no such landscape{Nearest.Hint(name, LandscapeCatalog.All.Select(landscape => landscape.Name))}");

    private static double[] Numbers(string text) =>
    [
        .. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number : throw new InputException($"--start {text}: '{part}' is not a number")),
    ];

    private static object Document(
        NamedLandscape landscape, double rate, LandscapeDescent? descent, BifurcationThresholds? thresholds, RunReader run, string page)
    {
        var manifest = run.Manifest();
        return new
        {
            Landscape = landscape.Name,
            LearningRate = rate,
            Threshold = 2 / rate,
            FinalSharpness = descent?.End.Sharpness,
            descent?.Steps,
            Converged = descent is null ? (bool?)null : descent.Outcome == DescentOutcome.Converged,
            FinalLoss = descent?.End.Loss,
            FinalPoint = descent?.End.Theta,
            Thresholds = thresholds?.All,
            LawCoefficient = manifest.Get(LandscapeSchema.LawCoefficient),
            LawError = manifest.Get(LandscapeSchema.LawError),
            Run = run.Folder,
            Page = page,
        };
    }
}
