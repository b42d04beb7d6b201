using System.CommandLine;
using Brink.Lab;
using Brink.Zoo.Games;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class GamesGanCommand
{
    public static Command Create()
    {
        var width = UsualOption.Of("--width", "Hidden units per layer of generator and discriminator; 384 in the paper.", 32);
        var depth = UsualOption.Of("--depth", "Hidden layers of generator and discriminator; 6 in the paper.", 2);
        var latent = UsualOption.Of("--latent", "Dimension of the latent space; 64 in the paper.", 16);
        var batch = UsualOption.Of("--batch", "Samples per step.", 256);
        var steps = UsualOption.Of("--steps", "Steps of each training.", 2000);
        var seeds = UsualOption.Of("--seeds", "Trainings of each solver.", 2);
        var rate = UsualOption.Of("--learning-rate", "Learning rate of SGA and extragradient.", 0.1);
        var normalised = UsualOption.Of("--normalised-rate", "Learning rate of RMSProp, Adam, consensus and the learned optimizer.", 2e-3);
        var weights = new Option<string?>("--weights")
        {
            Description = "Learned optimizer to compare too: a file of 'brink games train --on gans', or"
                + $" {string.Join(", ", TrainedOptimizers.Names)}.",
            HelpName = "WEIGHTS",
        };
        var solvers = new Option<string?>("--solvers")
        {
            Description = $"Solvers to compare, separated by commas: {string.Join(',', GanComparison.Rules)}, and {GanComparison.Learned}"
                + " with --weights. Default: all.",
            HelpName = "LIST",
        };
        var output = RunPage.Folder("runs/games-gan");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "gan",
            "Compares solvers that train GANs on 16 Gaussians: modes covered, and samples during training.",
            "brink games gan --steps 1000 --seeds 3")
        {
            width, depth, latent, batch, steps, seeds, rate, normalised, solvers, weights, output, json,
        };
        command.SetAction(parsed => Run(
            new GanComparison(
                parsed.GetValue(width), parsed.GetValue(depth), parsed.GetValue(latent), parsed.GetValue(batch),
                parsed.GetValue(steps), parsed.GetValue(seeds), parsed.GetValue(rate), parsed.GetValue(normalised)),
            Named(parsed.GetValue(solvers), parsed.GetValue(weights)),
            parsed.GetValue(weights),
            parsed.GetValue(output),
            parsed.GetValue(json)));
        return command;
    }

    private static string[] Named(string? solvers, string? weights)
    {
        string[] known = weights is null ? [.. GanComparison.Rules] : [.. GanComparison.Rules, GanComparison.Learned];
        var named = solvers?.Split(',') ?? known;
        if (named.FirstOrDefault(solver => !known.Contains(solver)) is not { } unknown) return named;
        throw new InputException(unknown == GanComparison.Learned
            ? $"--solvers {unknown}: name its weights with --weights; 'brink games train --on gans' writes such a file"
            : $"--solvers {unknown}: no such solver{Nearest.Hint(unknown, known)}");
    }

    private static int Run(GanComparison comparison, IReadOnlyList<string> solvers, string? weights, string? output, bool json)
    {
        foreach (var (option, value) in new[]
        {
            ("--width", comparison.Width), ("--depth", comparison.Depth), ("--latent", comparison.Latent), ("--batch", comparison.Batch),
            ("--steps", comparison.Steps), ("--seeds", comparison.Seeds),
        })
        {
            if (value < 1) throw new InputException($"{option} {value}: it must be at least 1");
        }
        foreach (var (option, value) in new[]
        {
            ("--learning-rate", comparison.LearningRate), ("--normalised-rate", comparison.NormalisedRate),
        })
        {
            if (!(value > 0 && double.IsFinite(value))) throw new InputException($"{option} {value}: it must be positive");
        }
        comparison.Checked();
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        var learned = weights is null ? null : ShippedOptimizers.Find(weights);
        const string name = "games-gan";
        return StudyAnswer.Of(name, output, json, (run, progress) => comparison.Run(run, name, solvers, learned, progress));
    }
}
