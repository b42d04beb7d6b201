using System.CommandLine;
using Brink.Lab;
using Brink.Zoo.Games;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class GamesGanCommand
{
    private static readonly GanTrial Default = new(Seeds: 4);

    public static Command Create()
    {
        var data = UsualOption.Of("--data", $"Data of the GANs: {string.Join(", ", Mixture.All.Select(one => one.Name))}.", Default.Data);
        var width = UsualOption.Of("--width", "Hidden units per layer of generator and discriminator.", Default.Width);
        var depth = UsualOption.Of("--depth", "Hidden layers of generator and discriminator.", Default.Depth);
        var latent = UsualOption.Of("--latent", "Dimension of the latent space.", Default.Latent);
        var batch = UsualOption.Of("--batch", "Samples per step.", Default.Batch);
        var steps = UsualOption.Of("--steps", "Steps of each training.", Default.Steps);
        var seeds = UsualOption.Of("--seeds", "Trainings of each solver.", Default.Seeds);
        var search = UsualOption.Of(
            "--search", "Random settings to try for each classic solver; 0 for the best of 60 on the default GANs.", 0);
        var rate = UsualOption.Of("--network-rate", "Learning rate of a learned network, which chooses directions only.", 2e-3);
        var weights = UsualOption.Of(
            "--weights",
            $"Learned solver: {string.Join(", ", TrainedRules.Names)}, or a file of 'brink games train'.",
            TrainedRules.Names[0]);
        var solvers = new Option<string?>("--solvers")
        {
            Description = $"Solvers to compare, separated by commas: {string.Join(',', ClassicRule.Names)},{GanComparison.Learned}."
                + " Default: all.",
            HelpName = "LIST",
        };
        var output = RunPage.Folder("runs/games-gan");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "gan",
            "Compares solvers that train GANs on Gaussians in the plane: share of good samples, distance from the data, modes.",
            "brink games gan --data ring --steps 500 --seeds 2")
        {
            data, width, depth, latent, batch, steps, seeds, solvers, weights, search, rate, output, json,
        };
        command.SetAction(parsed => Run(
            new GanTrial(
                parsed.GetValue(data)!, parsed.GetValue(width), parsed.GetValue(depth), parsed.GetValue(latent), parsed.GetValue(batch),
                parsed.GetValue(steps), parsed.GetValue(seeds)),
            Named(parsed.GetValue(solvers)),
            new(parsed.GetValue(weights)!, parsed.GetValue(rate), parsed.GetValue(search)),
            parsed.GetValue(output),
            parsed.GetValue(json)));
        return command;
    }

    private static string[] Named(string? solvers)
    {
        string[] known = [.. ClassicRule.Names, GanComparison.Learned];
        var named = solvers?.Split(',') ?? known;
        if (named.FirstOrDefault(solver => !known.Contains(solver)) is { } unknown)
            throw new InputException($"--solvers {unknown}: no such solver{Nearest.Hint(unknown, known)}");
        return named;
    }

    private static int Run(GanTrial trial, IReadOnlyList<string> names, Settings settings, string? output, bool json)
    {
        if (settings.Search < 0) throw new InputException($"--search {settings.Search}: it must not be negative");
        if (!(settings.Rate > 0 && double.IsFinite(settings.Rate)))
            throw new InputException($"--network-rate {settings.Rate}: it must be positive");
        trial.Checked();
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        // Wrong weights are found before the search, which takes minutes.
        var learned = names.Contains(GanComparison.Learned) ? GanSolver.Learned(settings.Weights, trial, settings.Rate) : null;
        const string name = "games-gan";
        return StudyAnswer.Of(name, output, json, (run, progress) => new GanComparison(trial).Run(
            run, name, [.. names.Select(one => one == GanComparison.Learned ? learned! : Classic(one))], progress));

        GanSolver Classic(string solver) => GanSolver.Of(settings.Search == 0
            ? ClassicRule.Found(solver)
            : new RuleSearch(settings.Search).Best(trial, solver).Rule);
    }

    /// <param name="Weights">Weights of the learned solver.</param>
    /// <param name="Rate">Learning rate of a learned network.</param>
    /// <param name="Search">Settings to try for each classic solver.</param>
    private sealed record Settings(string Weights, double Rate, int Search);
}
