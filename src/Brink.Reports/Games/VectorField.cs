using Brink.Runs;

namespace Brink.Reports;

/// <summary>A vector field as arrows of equal length.</summary>
internal static class VectorField
{
    // As shares of the distance between two points of the grid, and of an arrow; and in radians.
    private const double Length = 0.7, Barb = 0.3, BarbAngle = 0.45;

    /// <summary>Each arrow with its middle at a point of the grid, and gaps between them.</summary>
    /// <param name="label">Its name in the figure.</param>
    /// <param name="colour">As #RRGGBB.</param>
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
