using System.CommandLine;

namespace Brink.Cli.Commands;

internal static class GamesCommand
{
    public static Command Create() => new ExampleCommand(
        "games",
        "Compares solvers on differentiable games, and trains optimizers that learn to play them.",
        "brink games solve --game bilinear")
    {
        GamesSolveCommand.Create(), GamesTrainCommand.Create(), GamesEvaluateCommand.Create(), GamesListCommand.Create(),
        GamesGanCommand.Create(),
    };
}
