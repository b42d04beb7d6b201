using Brink.Runs;

namespace Brink.Reports;

/// <summary>Games: solvers' ways over the vector field, eigenvalues in the plane of stability, steps per
/// game, meta-training.</summary>
internal static class GameFigures
{
    private const string Games = "games", Meta = "meta";

    private const double Cross = 0.03;   // of the half width of what is seen

    public static IReadOnlyList<Figure> Of(RunReader reader, RunCurves run)
    {
        var solvers = GameStory.Names(reader.Manifest());
        var half = run.All(Games, "field").SelectMany(curve => curve.Points.Select(point => point.X)).Where(double.IsFinite)
            .DefaultIfEmpty().ToArray() is var x ? (x.Max() - x.Min()) / 2 : 0;
        var disc = reader.Manifest().Number("disc_learning_rate");
        return
        [
            new Figure(
                "games_trajectories", "Ways of the solvers over the vector field", "player 1", "player 2",
                solvers.Count == 0 ? [] :
                [
                    .. run.Alike("−ξ, where play goes", Games, "field", Palette.Pale),
                    .. solvers.SelectMany((name, i) => run.Alike(name, name, "trajectory", Colour(name, i))),
                    .. run.Alike("fixed point", Games, "fixed_point", Palette.Ink).Select(curve => Crosses(curve, Cross * half)),
                ]),
            new Figure(
                "games_gradient", "Norm of the simultaneous gradient", "step", "|ξ|",
                [.. solvers.Select((name, i) => run.Series(name, name, "gradient_norm", Colour(name, i)) with { Marked = false })])
            {
                Log = true,
                Level = new(1e-3, "converged"),
            },
            new Figure(
                "games_eigenvalues", "Eigenvalues of the Jacobian in the plane of stability", "real part", "imaginary part",
                [
                    .. run.Alike("eigenvalues", Games, "eigenvalues", Palette.Nth(3)).Select(curve => Crosses(curve, Cross / (disc ?? 1))),
                    .. run.Alike($"|1 − ηλ| = 1, η = {Story.N(disc ?? double.NaN)}", Games, "stable_disc", Palette.Nth(0))
                        .Select(curve => curve with { Dashed = true }),
                ]),
            new Figure(
                "games_steps", "Steps until a game converges", "game of the list", "steps, mean over the starting points",
                [.. run.Alike("learned optimizer", Games, "steps", Palette.Nth(0)).Select(curve => curve with { Marked = true })])
            {
                Log = true,
                Steps = new(1, reader.Manifest().Number("games") ?? 1),
            },
            new Figure(
                "games_validation", "Score on the validation games", "epoch", reader.Manifest().Text("counted") ?? "mean steps",
                Kept(
                    run.Series("at this epoch", Meta, "score", Palette.Nth(0)),
                    run.Series("best so far", Meta, "best_score", Palette.Nth(2))))
            {
                Log = true,
            },
            new Figure(
                "games_loss", "Loss of the meta-training", "epoch", "mean over the unrolls of a batch",
                Kept(run.Series("loss", Meta, "loss", Palette.Nth(0)))),
            new Figure(
                "games_horizon", "How long the games are played", "epoch", "steps",
                Kept(
                    run.Series("horizon", Meta, "horizon", Palette.Nth(1)),
                    run.Series("played", Meta, "steps", Palette.Nth(0)))),
        ];
    }

    // There are as many classic solvers as distinct colours.
    private static string Colour(string solver, int i) => solver == "learned" ? Palette.Violet : Palette.Nth(i);

    /// <summary>Points that are few, as crosses.</summary>
    private static Curve Crosses(Curve curve, double size) => curve with
    {
        X = [.. curve.X.SelectMany(x => new[] { x - size, x + size, double.NaN, x - size, x + size, double.NaN })],
        Y = [.. curve.Y.SelectMany(y => new[] { y - size, y + size, double.NaN, y + size, y - size, double.NaN })],
    };

    private static IReadOnlyList<Curve> Kept(params Curve[] curves) => [.. curves.Where(curve => curve.X.Count > 0)];
}
