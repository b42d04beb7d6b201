using Brink.Runs;

namespace Brink.Reports;

/// <summary>Draws a vector field as arrows of equal length.</summary>
internal static class VectorField
{
    // Length as a share of the grid spacing, barb as a share of the length, angle in radians.
    private const double Length = 0.7, Barb = 0.3, BarbAngle = 0.45;

    /// <summary>Returns the arrows, each centred at a point of the grid, with gaps between them.</summary>
    /// <param name="label">Label of the curve.</param>
    /// <param name="colour">Colour as #RRGGBB.</param>
    /// <param name="field">Points of a square grid, of which a few may be missing, and a unit vector at each.</param>
    public static Curve Arrows(string label, string colour, IReadOnlyList<(CurvePoint At, CurvePoint Along)> field)
    {
        var side = Math.Round(Math.Sqrt(field.Count));
        var length = Length * (field.Max(one => one.At.X) - field.Min(one => one.At.X)) / (side - 1);
        return Curve.Through(label, colour, [.. field.SelectMany(one => Arrow(one.At, one.Along, length))]);
    }

    private static IEnumerable<CurvePoint> Arrow(CurvePoint at, CurvePoint along, double length)
    {
        var (dx, dy) = (along.X * length, along.Y * length);
        if (!double.IsFinite(dx + dy)) yield break;
        var tip = new CurvePoint(at.X + (dx / 2), at.Y + (dy / 2));
        yield return new(at.X - (dx / 2), at.Y - (dy / 2));
        yield return tip;
        foreach (var angle in new[] { Math.PI - BarbAngle, Math.PI + BarbAngle })
        {
            var (c, s) = (Barb * Math.Cos(angle), Barb * Math.Sin(angle));
            yield return new(tip.X + (c * dx) - (s * dy), tip.Y + (s * dx) + (c * dy));
            yield return tip;
        }
        yield return new(double.NaN, double.NaN);
    }
}
