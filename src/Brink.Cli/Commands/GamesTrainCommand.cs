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
            Description = "games: random ones with quadratic losses; gans: GANs that make 16 Gaussians.",
            DefaultValueFactory = _ => "games",
        };
        on.AcceptOnlyFromAmong("games", "gans");
        var published = new Option<bool>("--published")
        {
            Description = "As the paper: stability-aware loss, coefficients up to 1. Without it the loss is logarithmic and the reach 16;"
                + " on GANs the loss is the players' shortfall.",
        };
        var players = new Option<int>("--players") { Description = "2 or 4.", DefaultValueFactory = _ => Default.Players };
        var coefficients = new Option<string>("--coefficients")
        {
            Description = "Of two-player games: gaussian, uniform or shifted-gaussian.",
            DefaultValueFactory = _ => "gaussian",
        };
        coefficients.AcceptOnlyFromAmong("gaussian", "uniform", "shifted-gaussian");
        var unstable = new Option<double?>("--unstable")
        {
            Description = "Share of unstable games in the last epoch; it grows from 0. Default: 0.1; 0 of uniform coefficients, which make none.",
        };
        var constant = new Option<bool>("--constant-share") { Description = "That share is the same in every epoch, such as --unstable 0.8." };
        var epochs = new Option<int?>("--epochs") { Description = "Batches of games: 600, or the paper's 300; of GANs 8, or 160." };
        var batch = new Option<int?>("--batch") { Description = "Games of a batch: 128, GANs 4." };
        var reach = new Option<double?>("--reach") { Description = "Largest coefficient of the optimizer." };
        var seed = new Option<long>("--seed") { Description = "Of all chance.", DefaultValueFactory = _ => Default.Seed };
        var output = RunPage.Folder("runs/games-train");
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "train",
            "Trains an optimizer that learns to play games, and keeps the weights that validate best.",
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
                throw new InputException($"{other.Name}: it is of quadratic games, not of --on gans");
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
