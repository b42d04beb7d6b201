using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of the training of a learned optimizer, on games or on GANs.</summary>
internal static class GameTrainingReport
{
    public static StudyReport OnGames { get; } = Of(GameSchema.Training);

    public static StudyReport OnGans { get; } = Of(GameSchema.GanTraining);

    private static StudyReport Of(string kind) => new(kind)
    {
        Sentences = Sentences,
        Headline = [Headline.Of(GameSchema.BestScore, "score on the validation games", "G4")],
        Chapters = run => [new("Games", Figures(run))],
        FigureNames = ["games_validation", "games_loss", "games_horizon"],
        Noted = [RunSchema.DivergedEvent, GameSchema.EndedEarlyEvent],
        Document = Document,
    };

    private static IEnumerable<string> Sentences(RunReader run)
    {
        var manifest = run.Manifest();
        if (manifest.Get(GameSchema.BestScore) is not { } score) yield break;
        yield return double.IsFinite(score)
            ? $"The weights of epoch {Story.N(manifest.Get(GameSchema.BestEpoch)!.Value)} are kept: {Story.N(score)}"
                + $" {manifest.Get(GameSchema.Counted) ?? "steps on the validation games"}."
            : run.Points(GameSchema.Score).Count == 0
                ? "The weights were not validated: the last weights are kept."
                : "No validation gave a finite score: the last weights are kept.";
    }

    private static IReadOnlyList<Figure> Figures(RunCurves run) =>
    [
        new Figure(
            "games_validation", "Score on the validation games", "epoch", run.Manifest.Get(GameSchema.Counted) ?? "mean steps",
            Kept(
                run.Series("at this epoch", GameSchema.Score, Palette.Nth(0)),
                run.Series("best so far", GameSchema.BestScoreSeries, Palette.Nth(2))))
        {
            Log = true,
        },
        new Figure(
            "games_loss", "Meta-training loss", "epoch", "mean over the unrolls of a batch",
            Kept(run.Series("loss", GameSchema.MetaLoss, Palette.Nth(0)))),
        new Figure(
            "games_horizon", "Length of the games", "epoch", "steps",
            Kept(
                run.Series("horizon", GameSchema.Horizon, Palette.Nth(1)),
                run.Series("played", GameSchema.Played, Palette.Nth(0)))),
    ];

    private static IReadOnlyList<Curve> Kept(params Curve[] curves) => [.. curves.Where(curve => curve.X.Count > 0)];

    private static object Document(RunReader run)
    {
        var manifest = run.Manifest();
        var weights = Path.Combine(run.Folder, GameSchema.WeightsFile);
        return new
        {
            manifest.Status,
            Message = manifest.Get(RunSchema.Message),
            Seconds = manifest.Get(RunSchema.Seconds),
            ValidationSteps = manifest.Get(GameSchema.BestScore),
            BestEpoch = manifest.Get(GameSchema.BestEpoch),
            Restored = Messages(RunSchema.DivergedEvent),
            EndedEarly = Messages(GameSchema.EndedEarlyEvent),
            Weights = File.Exists(weights) ? weights : null,
            Run = run.Folder,
            Page = Page.In(run),
        };

        IEnumerable<string> Messages(string kind) => [.. run.Events().Where(one => one.Kind == kind).Select(one => one.Message)];
    }
}
