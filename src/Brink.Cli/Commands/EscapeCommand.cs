using System.CommandLine;
using System.Globalization;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class EscapeCommand
{
    private static readonly EscapeStudy Default = EscapeStudy.Default;

    public static Command Create()
    {
        var problem = new Option<string>("--problem")
        {
            Description = "chain: saddles and flat slopes as hard as theory allows; sensing, phase, network: fixed problems that a model "
                + "fits exactly.",
            DefaultValueFactory = _ => Default.Problem,
        };
        var epsilons = new Option<string>("--epsilons")
        {
            Description = "Accuracies, separated by commas.",
            DefaultValueFactory = _ => string.Join(',', Default.Epsilons.Select(epsilon => epsilon.ToString(CultureInfo.InvariantCulture))),
        };
        var seeds = new Option<int>("--seeds")
        {
            Description = "Runs of each method at each accuracy.",
            DefaultValueFactory = _ => Default.Seeds,
        };
        var seed = new Option<long>("--seed") { Description = "Of the first run; the others follow.", DefaultValueFactory = _ => Default.Seed };
        var output = RunPage.Folder("runs/escape-PROBLEM");
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "escape",
            "Counts what perturbed SGD, cubic Newton and their zeroth-order twins need to get past saddles, and compares with theory.",
            "brink escape --problem chain --epsilons 0.1,0.05,0.025 --seeds 3")
        {
            problem, epsilons, seeds, seed, output, every, json,
        };
        command.SetAction(parsed => Run(
            new EscapeStudy(
                parsed.GetValue(problem)!,
                Numbers(parsed.GetValue(epsilons)!),
                parsed.GetValue(seeds),
                parsed.GetValue(seed)).Checked(),
            parsed.GetValue(output),
            CheckpointOption.Pace(parsed.GetValue(every)),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(EscapeStudy study, string? output, CheckpointPace pace, bool json)
    {
        LoadedLibtorch.Require();
        var name = $"escape-{study.Problem}";
        var folder = output ?? RunFolders.New(RunFolders.DefaultRoot, name);
        using var interruption = new Interruption();
        RunSummary summary;
        EscapeReport report;
        using (var writer = RunWriter.Create(folder))
        {
            (summary, report) = StudyDisplay.Show(
                name, progress => new EscapeRun(study, writer, TimeProvider.System, pace).Run(name, progress, interruption.Token));
        }
        return Told(summary, report, json);
    }

    internal static int Told(RunSummary summary, EscapeReport report, bool json)
    {
        using var reader = RunReader.Open(summary.Folder);
        var page = RunPage.Write(reader);
        if (json) Answer.Print(report.Results.Select(result => Document(result, reader.Folder)).ToArray());
        else Write(reader, page);
        return report.Interrupted
            ? Answer.Error($"interrupted after {report.Runs} runs; the methods complete by then are in {RunPage.Named(summary.Folder)}, and 'brink resume {RunPage.Named(summary.Folder)}' goes on", Answer.Failed)
            : Answer.Success;
    }

    private static object Document(EscapeResult result, string run) => new
    {
        result.Method,
        result.Condition,
        result.Against,
        Slope = result.Slope.Value,
        Confidence = new[] { result.Slope.Low, result.Slope.High },
        result.Theory,
        Certified = result.Points.Sum(point => point.Calls.Count(double.IsFinite)),
        Runs = result.Points.Sum(point => point.Calls.Count),
        Points = result.Points.Select(point => new { point.X, Calls = point.Calls.Select(calls => double.IsFinite(calls) ? calls : (double?)null) }),
        Run = run,
    };

    private static void Write(RunReader run, string page)
    {
        Console.Out.WriteLine(Story.Of(run));
        Console.Out.WriteLine();
        AnswerTable.Write(EscapeStory.Head, EscapeStory.Methods(run.Manifest()));
        RunPage.Tell(run, page);
    }

    private static double[] Numbers(string list) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new InputException($"--epsilons: '{part}' is no number; for example 0.1,0.05,0.025")),
    ];
}
