using System.CommandLine;
using Brink.Games;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class GamesTrainCommand
{
    private static readonly GameTraining Default = new();

    public static Command Create()
    {
        var on = new Option<string>("--on")
        {
            Description = "What to train on. games: random games with quadratic losses. gans: GANs that generate 16 Gaussians.",
            DefaultValueFactory = _ => "games",
        };
        on.AcceptOnlyFromAmong("games", "gans");
        var published = new Option<bool>("--published")
        {
            Description = "Train as in the paper: stability-aware loss, and coefficients up to 1. Without this option the loss is"
                + " logarithmic, or on GANs the shortfall of the players, and coefficients reach 16.",
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
            Description = "Number of batches. Default: 600, or 300 with --published; on GANs 8, or 160 with --published.",
            HelpName = "N",
        };
        var batch = new Option<int?>("--batch") { Description = "Games per batch. Default: 128, or 4 on GANs.", HelpName = "N" };
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

        GanTraining OnGans(ParseResult parsed)
        {
            if (Array.Find(ofGames, option => parsed.GetResult(option) is { Implicit: false }) is { } other)
                throw new InputException($"{other.Name}: applies to quadratic games only; leave it out with --on gans");
            var start = parsed.GetValue(published) ? GanTraining.Published : new GanTraining();
            return (start with
            {
                Epochs = parsed.GetValue(epochs) ?? start.Epochs,
                Batch = parsed.GetValue(batch) ?? start.Batch,
                Reach = parsed.GetValue(reach) ?? start.Reach,
                Seed = parsed.GetValue(seed),
            }).Checked();
        }
    }
}
