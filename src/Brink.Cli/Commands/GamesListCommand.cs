using System.CommandLine;
using Brink.Games;
using Brink.Lab;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class GamesListCommand
{
    public static Command Create()
    {
        var kind = new Argument<string>("KIND")
        {
            Description = "Kind of the games: stable, saddle or unstable; or uniform, stable games with uniform coefficients.",
        };
        kind.AcceptOnlyFromAmong("stable", "saddle", "unstable", "uniform");
        var count = UsualOption.Of("--count", "Number of games.", 20);
        var seed = UsualOption.Of("--seed", "Seed of the coefficients.", 7L);
        var output = new Option<string>("--out") { Description = "Output file.", HelpName = "FILE", Required = true };
        var force = OutputFile.Force();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "list",
            "Writes a list of random two-player games.",
            "brink games list saddle --seed 3 --out saddles.txt")
        {
            kind, count, seed, output, force, json,
        };
        command.SetAction(parsed =>
        {
            var games = parsed.GetValue(count);
            if (games < 1) throw new InputException($"--count {games}: it must be at least 1");
            var path = OutputFile.Checked(parsed.GetValue(output), parsed.GetValue(force))!;
            LoadedLibtorch.Require();
            using var scope = torch.NewDisposeScope();
            var (distribution, stability) = parsed.GetValue(kind) switch
            {
                "uniform" => (new TwoPlayerGames(Coefficients.Uniform), Stability.Stable),
                "saddle" => (new TwoPlayerGames(), Stability.Saddle),
                "unstable" => (new TwoPlayerGames(), Stability.Unstable),
                _ => (new TwoPlayerGames(), Stability.Stable),
            };
            GameFile.Write(path, GameEvaluation.Random(distribution, stability, parsed.GetValue(seed), games));
            if (parsed.GetValue(json)) Answer.Print(new { File = Path.GetFullPath(path), Games = games });
            else Console.Out.WriteLine($"{games} games in {path}");
            return Answer.Success;
        });
        return command;
    }
}
