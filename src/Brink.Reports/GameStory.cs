using System.Text.Json.Nodes;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>What happened in games, in plain words, and as tables.</summary>
public static class GameStory
{
    internal static bool Is(RunManifest manifest) => new[] { "solvers", "mean_steps", "best_score", "gan_solvers" }.Any(manifest.Keys.Contains);

    internal static IEnumerable<string> Of(RunManifest manifest)
    {
        if (manifest.Node("solvers") is JsonArray solvers) return Compared(manifest, solvers);
        if (manifest.Node("gan_solvers") is JsonArray gans) return Generated(gans);
        return manifest.Number("mean_steps") is { } steps ? Evaluated(manifest, steps) : Trained(manifest);
    }

    public static readonly IReadOnlyList<string> SolverHead = ["solver", "learning rate", "steps", "converged"];

    public static readonly IReadOnlyList<string> ClassicHead = ["classic solver", "learning rate", "mean steps", "games converged"];

    /// <summary>Solver, learning rate, steps, whether it converged.</summary>
    public static IReadOnlyList<string[]> Solvers(RunManifest manifest) =>
        manifest.Node("solvers") is not JsonArray solvers ? [] :
        [
            .. solvers.Select(one => new[]
            {
                Text(one!, "solver"), Rate(one!), Story.N(one!["steps"]!.GetValue<int>()), one["converged"]!.GetValue<bool>() ? "yes" : "no",
            }),
        ];

    /// <summary>Classic solver, its best learning rate, mean steps, games that converged.</summary>
    public static IReadOnlyList<string[]> Classics(RunManifest manifest) =>
        manifest.Node("classic_solvers") is not JsonArray solvers ? [] :
        [
            .. solvers.Select(one => new[]
            {
                Text(one!, "solver"), Rate(one!), Story.N(one!["mean_steps"]!.GetValue<double>()), Story.N(one["converged"]!.GetValue<int>()),
            }),
        ];

    internal static IReadOnlyList<string> Names(RunManifest manifest) =>
        manifest.Node("solvers") is JsonArray solvers ? [.. solvers.Select(one => Text(one!, "solver"))] : [];

    private static IEnumerable<string> Compared(RunManifest manifest, JsonArray solvers)
    {
        var kind = manifest.Text("fixed_point_kind");
        var rotates = manifest.Node("rotates")?.GetValue<bool>() == true;
        yield return kind switch
        {
            "stable" => $"The fixed point is stable{(rotates ? ", and play rotates about it" : "")}: simultaneous gradient descent"
                + $" contracts there up to a learning rate of {Story.N(manifest.Number("largest_stable_game_step")!.Value)}.",
            "neutral" when rotates => "The fixed point neither attracts nor repels: play rotates about it, and simultaneous gradient descent"
                + " leaves it at any learning rate.",
            "neutral" => "The fixed point neither attracts nor repels along some direction.",
            _ => $"The fixed point is {(kind == "saddle" ? "a saddle" : "unstable")}: whoever follows the players' gradients leaves it.",
        };
        var arrived = solvers.Where(one => one!["converged"]!.GetValue<bool>()).OrderBy(one => one!["steps"]!.GetValue<int>()).ToArray();
        if (arrived.Length == 0) yield return "No solver arrived.";
        else
        {
            yield return $"{arrived.Length} of {solvers.Count} solvers arrived, first {Text(arrived[0]!, "solver")}"
                + $" in {arrived[0]!["steps"]!.GetValue<int>()} steps.";
        }
    }

    private static IEnumerable<string> Evaluated(RunManifest manifest, double steps)
    {
        yield return $"The learned optimizer needs {Story.N(steps)} steps on average; {Story.N(manifest.Number("games_converged")!.Value)}"
            + $" of {Story.N(manifest.Number("games")!.Value)} games converge from every starting point.";
        if (manifest.Node("classic_solvers") is JsonArray { Count: > 0 } classics)
        {
            var best = classics.MinBy(one => one!["mean_steps"]!.GetValue<double>())!;
            yield return $"The best classic solver, {Text(best, "solver")} with a learning rate of {Rate(best)},"
                + $" needs {Story.N(best["mean_steps"]!.GetValue<double>())}.";
        }
    }

    private static IEnumerable<string> Generated(JsonArray solvers)
    {
        var best = solvers.MaxBy(one => one!["modes"]!.GetValue<double>())!;
        yield return $"Of 16 modes {Text(best, "solver")} covers most, {Story.N(best["modes"]!.GetValue<double>())} on average, with"
            + $" {Story.N(100 * best["quality"]!.GetValue<double>())} % of its samples near a mode.";
    }

    private static IEnumerable<string> Trained(RunManifest manifest)
    {
        yield return manifest.Number("best_score") is { } score && double.IsFinite(score)
            ? $"The weights of epoch {Story.N(manifest.Number("best_epoch")!.Value)} are kept: {Story.N(score)}"
                + $" {manifest.Text("counted") ?? "steps on the validation games"}."
            : "No validation was made: the last weights are kept.";
    }

    private static string Text(JsonNode node, string key) => node[key]!.GetValue<string>();

    private static string Rate(JsonNode node) => node["learning_rate"] is { } rate ? Story.N(rate.GetValue<double>()) : "–";
}
