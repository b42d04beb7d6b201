using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a learned optimizer on a list of games.</summary>
internal static class GameEvaluationReport
{
    public static StudyReport Report { get; } = new(GameSchema.Evaluation)
    {
        Sentences = run => Sentences(run.Manifest()),
        Headline = [Headline.Of(GameSchema.MeanSteps, "mean steps", "G4")],
        Results =
        [
            new(GameSchema.EachGame.Name, "games", ["game", "steps", "converged"], manifest =>
            [
                .. (manifest.Get(GameSchema.EachGame) ?? []).Select((game, i) => new[]
                {
                    (i + 1).ToString(CultureInfo.InvariantCulture),
                    game.Steps.ToString("0.##", CultureInfo.InvariantCulture),
                    game.Converged ? "yes" : "no",
                }),
            ]),
            ResultTable.Of(
                GameSchema.ClassicSolvers,
                "classic solvers",
                ["classic solver", "learning rate", "mean steps", "games converged"],
                one => [one.Solver, Story.N(one.LearningRate), Story.N(one.MeanSteps), Story.N(one.Converged)]),
        ],
        Chapters = run => [new("Games", [Steps(run)])],
        FigureNames = ["games_steps"],
        Document = run =>
        {
            var manifest = run.Manifest();
            return new
            {
                MeanSteps = manifest.Get(GameSchema.MeanSteps),
                Games = manifest.Get(GameSchema.EachGame),
                Protocol = manifest.Get(GameSchema.Protocol),
                Classic = manifest.Get(GameSchema.ClassicSolvers) is { Count: > 0 } classics ? classics : null,
                Run = run.Folder,
                Page = Page.In(run),
            };
        },
    };

    private static IEnumerable<string> Sentences(RunManifest manifest)
    {
        if (manifest.Get(GameSchema.MeanSteps) is not { } steps) yield break;
        var (converged, games) = (manifest.Get(GameSchema.GamesConverged)!.Value, manifest.Get(GameSchema.GameCount)!.Value);
        yield return $"The learned optimizer needs {Story.N(steps)} steps on average; {Story.N(converged)} of {Story.N(games)} games"
            + " converge from every starting point"
            + (converged < games ? ", and play that does not converge counts with the largest number of steps." : ".");
        if (manifest.Get(GameSchema.ClassicSolvers) is { Count: > 0 } classics)
        {
            var best = classics.MinBy(one => one.MeanSteps)!;
            yield return $"The classic solver with the fewest steps, {best.Solver} with learning rate {Story.N(best.LearningRate)},"
                + $" needs {Story.N(best.MeanSteps)} on average, and {Story.N(best.Converged)} of {Story.N(games)} games converge.";
        }
    }

    private static Figure Steps(RunCurves run) => new(
        "games_steps", "Steps until a game converges", "game of the list", "steps, mean over the starting points",
        [.. run.Alike("learned optimizer", GameSchema.Steps, Palette.Nth(0)).Select(curve => curve with { Marked = true })])
    {
        Log = true,
        Steps = new(1, run.Manifest.Get(GameSchema.GameCount) ?? 1),
    };
}
