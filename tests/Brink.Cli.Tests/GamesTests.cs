namespace Brink.Cli.Tests;

public class GamesTests
{
    [Fact]
    public void Solvers_are_compared_in_json_and_their_run_has_figures()
    {
        using var brink = new BrinkProgram();
        var json = brink.Run("games", "solve", "--game", "1,2,0.5,-0.5,1,0", "--learning-rate", "0.3", "--json").Json;
        Assert.Equal(8, json.GetArrayLength());
        foreach (var one in json.EnumerateArray())
        {
            Assert.Equal(brink.Path("runs/game-quadratic"), one.GetProperty("run").GetString());
            Assert.InRange(one.GetProperty("steps").GetInt32(), 1, 1000);
        }
        var learned = json.EnumerateArray().Single(one => one.GetProperty("solver").GetString() == "learned");
        Assert.True(learned.GetProperty("converged").GetBoolean());
        Assert.True(File.Exists(brink.Path("runs/game-quadratic/page.html")));
        brink.AssertShown("game-quadratic", "[solvers]\nsolver", "fixed point x");
        Assert.Equal(0, brink.Run("figure", "game-quadratic", "games_trajectories", "--out", brink.Path("a.svg")).Code);
    }

    [Fact]
    public void A_list_is_written_and_evaluated_and_wrong_input_is_rejected()
    {
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run("games", "list", "stable", "--count", "6", "--out", "games.txt").Code);
        var json = brink.Run("games", "evaluate", "two-player", "games.txt", "--json").Json;
        Assert.Equal(6, json.GetProperty("games").GetArrayLength());
        var steps = json.GetProperty("games").EnumerateArray().Select(game => game.GetProperty("steps").GetDouble());
        Assert.Equal(steps.Average(), json.GetProperty("mean_steps").GetDouble(), 1e-9);
        Assert.All(json.GetProperty("games").EnumerateArray(), game => Assert.True(game.GetProperty("converged").GetBoolean()));
        File.WriteAllText(brink.Path("short.txt"), "1,2,3\n");
        foreach (var (arguments, message) in new (string[], string)[]
        {
            (["evaluate", "two-player", "short.txt"], "line 1: 3 columns"),
            (["evaluate", "games.txt", "games.txt"], "not a safetensors file"),
            (["evaluate", "other", "games.txt"], "expected a file or one of two-player, four-player"),
            (["solve", "--game", "0,1,0,0,1,0"], "no fixed point"),
            (["solve", "--game", "nim"], "no such game or file; expected one of bilinear, balduzzi, seesaw, repelling, or six numbers"),
            (["solve", "--game", "1e308,1,0,0,1,1"], "'1e308' is too large"),
            (["evaluate", "two-player", "games.txt", "--starts", "0"], "starts: 0"),
            (["train", "--batch", "2000000000"], "GB of memory, and the machine has"),
            (["gan", "--width", "1000000000", "--depth", "100", "--steps", "1"], "GB of memory, and the machine has"),
            (["train", "--epochs", "0"], "epochs: 0"),
            (["train", "--on", "gans", "--epochs", "0"], "steps: 0"),
            (["train", "--on", "gans", "--published", "--epochs", "0"], "epochs: 0"),
            (["train", "--on", "gans", "--reach", "2"], "--reach: does not apply to rules; leave it out with --on gans"),
            (["train", "--on", "gans", "--players", "4"], "--players: does not apply to GANs; leave it out with --on gans"),
            (["gan", "--solvers", "adam,sgd"], "--solvers sgd: no such solver; "),
            (["gan", "--weights", "missing.safetensors"], "missing.safetensors: neither a file nor the name of weights"),
            (["gan", "--data", "grit"], "data: 'grit' is unknown; did you mean 'grid'?"),
        })
        {
            var result = brink.Run(["games", .. arguments]);
            Assert.Equal(2, result.Code);
            Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Training_on_uniform_games_uses_no_unstable_ones_by_default()
    {
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run("games", "train", "--coefficients", "uniform", "--epochs", "1", "--batch", "4", "--out", "t").Code);
        Assert.Contains("\nunstable: 0\n", File.ReadAllText(brink.Path("t/experiment.yaml")), StringComparison.Ordinal);
        Assert.Equal(0, brink.Run(
            "games", "train", "--unstable", "0.8", "--constant-share", "--epochs", "1", "--batch", "4", "--out", "c").Code);
        Assert.Contains("\nshare_grows: false", File.ReadAllText(brink.Path("c/experiment.yaml")), StringComparison.Ordinal);
        Assert.False(Directory.Exists(brink.Path("runs")));
    }

    [Fact]
    public void A_training_without_an_update_fails_with_a_reason()
    {
        using var brink = new BrinkProgram();
        var result = brink.Run("games", "train", "--reach", "1e300", "--epochs", "5", "--batch", "4", "--out", "t");
        Assert.Equal(1, result.Code);
        Assert.Contains("and 2 more such events", result.Error, StringComparison.Ordinal);
        Assert.Contains("no weights are kept", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(brink.Path("t/weights.safetensors")));
    }

    [Fact]
    public void A_short_training_writes_weights_that_can_be_evaluated()
    {
        using var brink = new BrinkProgram();
        var json = brink.Run("games", "train", "--epochs", "2", "--batch", "8", "--out", "t", "--json").Json;
        Assert.Equal("completed", json.GetProperty("status").GetString());
        brink.AssertShown("t", "best epoch", "files weights.safetensors", "[experiment]\nstudy");
        Assert.Equal(0, brink.Run("games", "evaluate", "t/weights.safetensors", "four-player-test").Code);
        brink.AssertShown("games-four-player-test", "mean steps", "games converged");
        Assert.Contains("completed; there is nothing to resume", brink.Run("resume", "t").ErrorLine, StringComparison.Ordinal);
    }
}
