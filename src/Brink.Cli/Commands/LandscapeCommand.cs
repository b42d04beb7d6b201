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
        var eta = new Option<double?>("--eta") { Description = "Learning rate. Default: one that shows what the landscape is about." };
        var start = new Option<string?>("--start") { Description = "Where descent begins: numbers with commas between, such as 2.2,0.5." };
        var steps = new Option<long>("--steps")
        {
            Description = "Of descent, at most.",
            DefaultValueFactory = _ => 1_000_000,
        };
        var bifurcation = new Option<bool>("--bifurcation") { Description = "The bifurcation diagram and its thresholds alone." };
        var from = new Option<double?>("--from") { Description = "With --bifurcation: κ from." };
        var to = new Option<double?>("--to") { Description = "With --bifurcation: κ to." };
        var output = RunPage.Folder("runs/landscape-NAME");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "landscape",
            "Shows on a loss in closed form why the edge of stability happens.",
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
                if (parsed.GetValue(start) is not null) throw new InputException("--start: a diagram has no start; leave out --bifurcation");
                LandscapeStudy.CheckedRange(landscape, rate, first, last);
            }
            else if (first is not null || last is not null)
            {
                throw new InputException("--from and --to: they belong to --bifurcation");
            }
            var study = parsed.GetValue(bifurcation) ? null : new LandscapeStudy(
                landscape,
                rate,
                parsed.GetValue(start) is { } text ? Numbers(text) : landscape.Start(rate),
                parsed.GetValue(steps)).Checked();
            var folder = parsed.GetValue(output) ?? RunFolders.New(RunFolders.DefaultRoot, $"landscape-{landscape.Name}");
            var result = Written(folder, landscape, rate, study, first, last);
            using var reader = RunReader.Open(folder);
            StudyAnswer.Write(reader, parsed.GetValue(json), page => Document(landscape, rate, result.Descent, result.Thresholds, reader, page));
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
        ?? throw new InputException($"{name}: no such landscape{Nearest.Hint(name, LandscapeCatalog.All.Select(landscape => landscape.Name))}");

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
