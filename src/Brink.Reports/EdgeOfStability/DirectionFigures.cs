using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of the number of unstable directions, of the oscillation of descent along each, and of the excess
/// sharpness that causes it.</summary>
internal static class DirectionFigures
{
    public static IReadOnlyList<Figure> Of(EdgeCurves edge)
    {
        var colour = edge.Colour(EdgeSchema.Constrained);
        var directions = edge.OverSteps(
            "directions", "Directions that the constrained trajectory follows", "number of directions",
            edge.Run.Series("constrained trajectory", EdgeSchema.Directions, colour));
        var excess = edge.OverSteps("excess", "Excess sharpness", "y = ∇⊥S · v", edge.Each(EdgeSchema.Y));
        return
        [
            EigenvalueFigure.Of(edge),
            // A single direction is the usual case and needs no figure.
            .. directions.Curves.Any(curve => curve.Y.Any(n => n > 1)) ? [directions] : Array.Empty<Figure>(),
            .. Displacements(edge),
            excess with { Level = new(0, "") },
        ];
    }

    private static IEnumerable<Figure> Displacements(EdgeCurves edge) => edge.Run
        .Numbers(EdgeSchema.X, edge.Trajectories.Select(one => one.Name))
        .Select(n => MainFigures.Displacement(
            edge,
            EdgeSchema.Along(EdgeSchema.X, n),
            $"Displacement along u{Subscript(n)}",
            $"(−1)ᵗ x{Subscript(n)}"));

    private static string Subscript(int n) => string.Concat(
        n.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('₀' + (digit - '0'))));
}
