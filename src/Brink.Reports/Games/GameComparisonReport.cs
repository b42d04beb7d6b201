using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of solvers on one game: their trajectories over the vector field, and the eigenvalues in the plane of
/// stability.</summary>
internal static class GameComparisonReport
{
    private const double Cross = 0.03;   // half the size of a cross, as a share of half the width of the plot

    public static StudyReport Report { get; } = new(GameSchema.Comparison)
    {
        Sentences = run => Sentences(run.Manifest()),
        Headline = [Headline.Of(GameSchema.LargestStableStep, "largest stable step", "G4")],
        Results =
        [
            ResultTable.Of(GameSchema.Solvers, "solvers", ["solver", "learning rate", "steps", "converged"], one =>
            [
                one.Solver, one.LearningRate is { } rate ? Story.N(rate) : "–", Story.N(one.Steps), one.Converged ? "yes" : "no",
            ]),
        ],
        Chapters = run => [new("Games", Figures(run))],
        FigureNames = ["games_trajectories", "games_gradient", "games_eigenvalues"],
        Document = run => (run.Manifest().Get(GameSchema.Solvers) ?? []).Select(one => new
        {
            one.Solver,
            one.LearningRate,
            one.Steps,
            one.Converged,
            Run = run.Folder,
        }),
    };

    private static IEnumerable<string> Sentences(RunManifest manifest)
    {
        if (manifest.Get(GameSchema.Solvers) is not { } solvers) yield break;
        var kind = manifest.Get(GameSchema.FixedPointKind);
        var rotates = manifest.Get(GameSchema.Rotates) == true;
        yield return kind switch
        {
            GameSchema.Stable => $"The fixed point is stable{(rotates ? ", and play rotates about it" : "")}: simultaneous gradient descent"
                + $" converges to it with learning rates below {Story.N(manifest.Get(GameSchema.LargestStableStep)!.Value)}.",
            GameSchema.Neutral when rotates =>
                "The fixed point neither attracts nor repels: play rotates about it, and simultaneous gradient descent"
                    + " moves away from it at any learning rate.",
            GameSchema.Neutral => "The fixed point neither attracts nor repels along some direction.",
            GameSchema.Saddle => "The fixed point is a saddle: simultaneous gradient descent moves away from it from almost every start.",
            _ => "The fixed point is unstable: simultaneous gradient descent moves away from it.",
        };
        SolverResult[] converged = [.. solvers.Where(one => one.Converged)];
        if (converged.Length == 0)
        {
            yield return $"None of {solvers.Count} solvers converged.";
            yield break;
        }
        var least = converged.Min(one => one.Steps);
        yield return $"{converged.Length} of {solvers.Count} solvers converged, the fastest,"
            + $" {string.Join(" and ", converged.Where(one => one.Steps == least).Select(one => one.Solver))}, in {Story.N(least)} steps.";
    }

    private static IReadOnlyList<Figure> Figures(RunCurves run)
    {
        if (run.Manifest.Get(GameSchema.Solvers) is not { } solvers) return [];
        string[] names = [.. solvers.Select(one => one.Solver)];
        IReadOnlyList<Curve> field = run.Run.Field() is { Count: > 0 } vectors
            ? [VectorField.Arrows("−ξ, the direction of play", Palette.Pale, vectors)]
            : [];
        var x = field.SelectMany(curve => curve.X).Where(double.IsFinite).DefaultIfEmpty().ToArray();
        var half = (x.Max() - x.Min()) / 2;
        var disc = run.Manifest.Get(GameSchema.DiscLearningRate);
        return
        [
            new Figure(
                "games_trajectories", "Trajectories of the solvers over the vector field", "player 1", "player 2",
                [
                    .. field,
                    .. names.SelectMany((name, i) => run.Alike(name, new(name, GameSchema.Trajectory), Colour(name, i))),
                    .. run.Alike("fixed point", GameSchema.FixedPoint, Palette.Ink).Select(curve => Crosses(curve, Cross * half)),
                ]),
            new Figure(
                "games_gradient", "Norm of the simultaneous gradient", "step", "|ξ|",
                [
                    .. names.Select((name, i) => run.Series(name, new(name, GameSchema.GradientNorm), Colour(name, i)) with
                    {
                        Marked = false,
                    }),
                ])
            {
                Log = true,
                Level = new(1e-3, "converged"),
            },
            new Figure(
                "games_eigenvalues", "Eigenvalues of the Jacobian in the plane of stability", "real part", "imaginary part",
                [
                    .. run.Alike("eigenvalues", GameSchema.Eigenvalues, Palette.Nth(3))
                        .Select(curve => Crosses(curve, Cross / (disc ?? 1))),
                    .. run.Alike($"|1 − ηλ| = 1, η = {Story.N(disc ?? double.NaN)}", GameSchema.StableDisc, Palette.Nth(0))
                        .Select(curve => curve with { Dash = Dash.Dashed }),
                ]),
        ];
    }

    // There are as many classic solvers as distinct colours.
    private static string Colour(string solver, int i) => solver == GameSchema.Learned ? Palette.Violet : Palette.Nth(i);

    /// <summary>Returns points as crosses; for few points.</summary>
    private static Curve Crosses(Curve curve, double size) => curve with
    {
        X = [.. curve.X.SelectMany(x => new[] { x - size, x + size, double.NaN, x - size, x + size, double.NaN })],
        Y = [.. curve.Y.SelectMany(y => new[] { y - size, y + size, double.NaN, y + size, y - size, double.NaN })],
    };
}
