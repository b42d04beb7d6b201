using System.Globalization;

namespace Brink.Reports;

/// <summary>How many directions are unstable, how far descent swings along each, and the excess sharpness
/// that drives it.</summary>
internal static class DirectionFigures
{
    public static IReadOnlyList<Figure> Of(RunCurves run)
    {
        var eigenvalues = run.OverSteps(
            "eigenvalues", "Largest eigenvalues on the constrained trajectory", "eigenvalue",
            [
                run.Series("largest", "constrained", "sharpness"),
                .. Eigenvalues(run),
            ]);
        var directions = run.OverSteps(
            "directions", "Unstable directions of the constrained trajectory", "directions",
            run.Series("constrained trajectory", "constrained", "directions"));
        var excess = run.OverSteps(
            "excess", "Excess sharpness", "y = ∇⊥S · v",
            run.Series("gradient descent", "gd", "y"),
            run.Series("predicted", "predicted", "y"),
            run.Series("generalized prediction", "generalized", "y"));
        return
        [
            eigenvalues with { Level = run.Edge },
            // One direction is the rule, and no news.
            .. directions.Curves.Any(curve => curve.Y.Any(n => n > 1)) ? [directions] : Array.Empty<Figure>(),
            .. Displacements(run),
            excess with { Level = new(0, "") },
        ];
    }

    private static IEnumerable<Curve> Eigenvalues(RunCurves run) => run
        .Numbers("eigenvalue", "constrained")
        .Select(n => run.Series(
            n switch { 2 => "second", 3 => "third", _ => $"{n}th" },
            "constrained",
            $"eigenvalue_{n}",
            Palette.Nth(n + 1)));   // the third colour, of the constrained trajectory, is the largest's

    private static IEnumerable<Figure> Displacements(RunCurves run) => run
        .Numbers("x", "gd", "predicted", "generalized")
        .Select(n => MainFigures.Displacement(
            run,
            $"x_{n}",
            $"Displacement along u{Subscript(n)}",
            $"(−1)ᵗ x{Subscript(n)}"));

    private static string Subscript(int n) => string.Concat(
        n.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('₀' + (digit - '0'))));
}
