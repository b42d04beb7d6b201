using System.CommandLine;
using Brink.Games;
using Brink.Lab;
using Brink.Zoo.Games;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class GamesEvaluateCommand
{
    public static Command Create()
    {
        var weights = new Argument<string>("WEIGHTS")
        {
            Description = $"Learned optimizer: {string.Join(", ", TrainedOptimizers.Names)}, a safetensors file, or the zip file of the"
                + " published optimizers.",
        };
        var list = new Argument<string>("LIST")
        {
            Description = "List of games: a file with one game M11,M22,M12,M21,b1,b2 per line, or one of"
                + $" {string.Join(", ", GameEvaluation.Lists)}.",
        };
        var protocol = new Option<string>("--protocol")
        {
            Description = "How steps are counted. clean: until the gradient's norm stays below 1e-3. published: as in the code of the"
                + " paper.",
            DefaultValueFactory = _ => "clean",
        };
        protocol.AcceptOnlyFromAmong("clean", "published");
        var starts = new Option<int?>("--starts")
        {
            Description = "Starting points of each game, at angles 2^k, k = 1, 2, ...; 50 in the paper's meta-test. Default: 4, or 9 for"
                + " four players.",
            HelpName = "N",
        };
        var classic = new Option<bool>("--classic")
        {
            Description = "Evaluate the classic solvers too, each at its best step size on the list.",
        };
        var output = RunPage.Folder("runs/games-LIST");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "evaluate",
            "Counts the steps until a learned optimizer converges, for each game of a list.",
            "brink games evaluate two-player stable --classic")
        {
            weights, list, protocol, starts, classic, output, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(weights)!,
            parsed.GetValue(list)!,
            parsed.GetValue(protocol)!,
            parsed.GetValue(starts),
            parsed.GetValue(classic),
            parsed.GetValue(output),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string weights, string list, string protocol, int? starts, bool classic, string? output, bool json)
    {
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        var optimizer = ShippedOptimizers.Find(weights);
        var rule = protocol == "clean" ? StopRule.Clean : StopRule.Published;
        var evaluation = GameEvaluation.Of(list, new ConvergenceTest(rule), starts);
        var found = evaluation.Run(optimizer);
        var classics = classic ? evaluation.Classics() : [];
        var name = "games-" + Path.GetFileNameWithoutExtension(list);
        var origin = $"weights: {weights}\nlist: {list}\nprotocol: {protocol}\nstarts: {evaluation.Starts.shape[0]}";
        return StudyAnswer.Of(name, output, json, (run, _) => GameEvaluation.Write(run, name, origin, rule, found, classics));
    }
}
