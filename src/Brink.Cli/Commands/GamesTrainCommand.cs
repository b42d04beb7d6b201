using System.CommandLine;
using Brink.Games;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class GamesTrainCommand
{
    private static readonly GameTraining Default = new();

    private static readonly GanEvolution Evolution = new();

    private static readonly GanTraining Published = new();

    public static Command Create()
    {
        var on = new Option<string>("--on")
        {
            Description = "What to train on. games: random games with quadratic losses. gans: GANs that generate 16 Gaussians; a rule"
                + " is trained by evolution strategies.",
            DefaultValueFactory = _ => "games",
        };
        on.AcceptOnlyFromAmong("games", "gans");
        var published = new Option<bool>("--published")
        {
            Description = "Train as in the paper: a network by truncated gradients, stability-aware loss, coefficients up to 1. Without"
                + " this option the loss on games is logarithmic, and coefficients reach 16.",
        };
        var players = UsualOption.Of("--players", "Number of players: 2 or 4.", Default.Players);
        var coefficients = new Option<string>("--coefficients")
        {
            Description = "Distribution of the coefficients of two-player games.",
            DefaultValueFactory = _ => "gaussian",
        };
        coefficients.AcceptOnlyFromAmong("gaussian", "uniform", "shifted-gaussian");
        var unstable = new Option<double?>("--unstable")
        {
            Description = "Share of unstable games in the last epoch; it grows from 0. Default: 0.1, or 0 for uniform coefficients, which"
                + " give none.",
            HelpName = "SHARE",
        };
        var constant = new Option<bool>("--constant-share") { Description = "Use the share of --unstable in every epoch." };
        var epochs = new Option<int?>("--epochs")
        {
            Description = "Number of batches. Default: 600, or 300 with --published; on GANs"
                + $" {Evolution.Steps} steps, or {Published.Epochs} epochs with --published.",
            HelpName = "N",
        };
        var batch = new Option<int?>("--batch")
        {
            Description = $"Games per batch. Default: 128; on GANs {Evolution.Pairs} pairs, or {Published.Batch} with --published.",
            HelpName = "N",
        };
        var reach = new Option<double?>("--reach")
        {
            Description = "Largest coefficient of the optimizer. Default: see --published.",
            HelpName = "X",
        };
        var seed = UsualOption.Of("--seed", "Seed of all random numbers.", Default.Seed);
        var output = RunPage.Folder("runs/games-train");
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "train",
            "Trains an optimizer that learns to play games, and keeps the weights with the best validation result.",
            "brink games train --epochs 300 --out runs/player")
        {
            on, published, players, coefficients, unstable, constant, epochs, batch, reach, seed, output, every, json,
        };
        Option[] ofGames = [players, coefficients, unstable, constant];
        command.SetAction(parsed => StudyAnswer.Of(
            parsed.GetValue(on) == "gans" ? OnGans(parsed) : OnGames(parsed),
            "games-train",
            parsed.GetValue(output),
            CheckpointOption.Pace(parsed.GetValue(every)),
            parsed.GetValue(json)));
        return command;

        GameTraining OnGames(ParseResult parsed)
        {
            var start = parsed.GetValue(published) ? GameTraining.Published : Default;
            var drawn = parsed.GetValue(coefficients) switch
            {
                "uniform" => Coefficients.Uniform,
                "shifted-gaussian" => Coefficients.ShiftedGaussian,
                _ => Coefficients.Gaussian,
            };
            return (start with
            {
                Players = parsed.GetValue(players),
                Coefficients = drawn,
                Unstable = parsed.GetValue(unstable) ?? (drawn == Coefficients.Uniform ? 0 : start.Unstable),
                ShareGrows = !parsed.GetValue(constant),
                Epochs = parsed.GetValue(epochs) ?? start.Epochs,
                Batch = parsed.GetValue(batch) ?? start.Batch,
                Reach = parsed.GetValue(reach) ?? start.Reach,
                Seed = parsed.GetValue(seed),
            }).Checked();
        }

        Study OnGans(ParseResult parsed)
        {
            var others = ofGames.Concat(parsed.GetValue(published) ? [] : new Option[] { reach });
            if (Array.Find([.. others], option => parsed.GetResult(option) is { Implicit: false }) is { } other)
            {
                var what = other == reach ? "rules" : "GANs";
                throw new InputException($"{other.Name}: does not apply to {what}; leave it out with --on gans");
            }
            return parsed.GetValue(published)
                ? (Published with
                {
                    Epochs = parsed.GetValue(epochs) ?? Published.Epochs,
                    Batch = parsed.GetValue(batch) ?? Published.Batch,
                    Reach = parsed.GetValue(reach) ?? Published.Reach,
                    Seed = parsed.GetValue(seed),
                }).Checked()
                : (Evolution with
                {
                    Steps = parsed.GetValue(epochs) ?? Evolution.Steps,
                    Pairs = parsed.GetValue(batch) ?? Evolution.Pairs,
                    Seed = parsed.GetValue(seed),
                }).Checked();
        }
    }
}
