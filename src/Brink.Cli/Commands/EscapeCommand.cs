using System.CommandLine;
using System.Globalization;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class EscapeCommand
{
    private static readonly EscapeStudy Default = EscapeStudy.Default;

    public static Command Create()
    {
        var problem = new Option<string>("--problem")
        {
            Description = "Problem: chain has saddles and flat slopes as hard as theory allows; sensing, phase and network are fixed"
                + " problems that a model fits exactly.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Default.Problem,
        };
        var epsilons = new Option<string>("--epsilons")
        {
            Description = "Accuracies, separated by commas.",
            HelpName = "LIST",
            DefaultValueFactory = _ => string.Join(',', Default.Epsilons.Select(epsilon => epsilon.ToString(CultureInfo.InvariantCulture))),
        };
        var seeds = new Option<int>("--seeds")
        {
            Description = "Runs of each method at each accuracy.",
            HelpName = "N",
            DefaultValueFactory = _ => Default.Seeds,
        };
        var seed = UsualOption.Of("--seed", "Seed of the first run; each further run uses the next one.", Default.Seed);
        var output = RunPage.Folder("runs/escape-PROBLEM");
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "escape",
            "Counts the oracle calls that perturbed SGD, cubic Newton and their zeroth-order versions need to escape saddle points, and"
                + " compares them with theory.",
            "brink escape --problem chain --epsilons 0.1,0.05,0.025 --seeds 3")
        {
            problem, epsilons, seeds, seed, output, every, json,
        };
        command.SetAction(parsed =>
        {
            var study = new EscapeStudy(
                parsed.GetValue(problem)!, Numbers(parsed.GetValue(epsilons)!), parsed.GetValue(seeds), parsed.GetValue(seed)).Checked();
            return StudyAnswer.Of(
                study,
                $"escape-{study.Problem}",
                parsed.GetValue(output),
                CheckpointOption.Pace(parsed.GetValue(every)),
                parsed.GetValue(json));
        });
        return command;
    }

    private static double[] Numbers(string list) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new InputException($"--epsilons: '{part}' is not a number; separate numbers by commas, as in 0.1,0.05,0.025")),
    ];
}
