using System.CommandLine;
using System.Globalization;
using Brink.Lab;
using Brink.Zoo.Games;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class GamesSolveCommand
{
    public static Command Create()
    {
        var game = new Option<string>("--game")
        {
            Description = $"Game: {string.Join(", ", ClassicGames.Names)}; six numbers M11,M22,M12,M21,b1,b2; or a file with them in its"
                + " first line.",
            HelpName = "GAME",
            Required = true,
        };
        var start = new Option<string>("--start")
        {
            Description = "Initial point.",
            HelpName = "X,Y",
            DefaultValueFactory = _ => "0.5,0.5",
        };
        var rate = new Option<double?>("--learning-rate")
        {
            Description = "Learning rate of the classic solvers. Default: for each solver the best of a sweep from 0.01 to 1.8.",
            HelpName = "X",
        };
        var weights = new Option<string>("--weights")
        {
            Description = $"Learned optimizer: {string.Join(", ", TrainedOptimizers.Names)}, or a file.",
            HelpName = "WEIGHTS",
            DefaultValueFactory = _ => TrainedOptimizers.Names[0],
        };
        var output = RunPage.Folder("runs/game-NAME");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "solve",
            "Compares solvers on one game: their trajectories over its vector field, and the eigenvalues of its Jacobian.",
            "brink games solve --game balduzzi --start 0.5,0.5")
        {
            game, start, rate, weights, output, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(game)!,
            parsed.GetValue(start)!,
            parsed.GetValue(rate),
            parsed.GetValue(weights)!,
            parsed.GetValue(output),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string what, string start, double? rate, string weights, string? output, bool json)
    {
        if (rate is { } given && !(given > 0 && double.IsFinite(given)))
            throw new InputException($"--learning-rate {given}: it must be positive");
        var (x, y) = Point(start);
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        var game = Game(what);
        var learned = ShippedOptimizers.Find(weights);
        var name = "game-" + game.Name;
        return StudyAnswer.Of(name, output, json, (run, _) => new GameComparison(game, x, y, rate).Run(run, name, [("learned", learned)]));
    }

    private static ClassicGame Game(string what)
    {
        if (ClassicGames.Named(what) is { } named) return named;
        var file = File.Exists(what);
        if (!file && !what.Contains(',', StringComparison.Ordinal))
        {
            throw new InputException(
                $"{what}: no such game or file; expected one of {string.Join(", ", ClassicGames.Names)}, or six numbers"
                    + " M11,M22,M12,M21,b1,b2");
        }
        var text = file ? File.ReadLines(what).FirstOrDefault(line => line.Trim().Length > 0) ?? "" : what;
        var a = GameFile.Coefficients(text, file ? $"{what}: line 1" : "--game");
        var name = file ? Path.GetFileNameWithoutExtension(what) : "quadratic";
        var game = ClassicGames.Quadratic(name, string.Create(
            CultureInfo.InvariantCulture,
            $"l₁ = {a[0]:g3}/2 x² + {a[2]:g3} xy + {a[4]:g3} x, l₂ = {a[1]:g3}/2 y² + {a[3]:g3} xy + {a[5]:g3} y"), a);
        return double.IsFinite(game.FixedPoint.X)
            ? game
            : throw new InputException(
                $"{what}: the game has no fixed point, because its gradient vanishes nowhere; change its coefficients");
    }

    private static (double X, double Y) Point(string text)
    {
        var cells = text.Split(',', StringSplitOptions.TrimEntries);
        return cells.Length == 2
            && double.TryParse(cells[0], CultureInfo.InvariantCulture, out var x) && double.IsFinite(x)
            && double.TryParse(cells[1], CultureInfo.InvariantCulture, out var y) && double.IsFinite(y)
                ? (x, y)
                : throw new InputException($"--start {text}: two numbers x,y are expected, as in 0.5,0.5");
    }
}
