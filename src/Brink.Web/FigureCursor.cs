using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Brink.Reports;

namespace Brink.Web;

/// <summary>How far a page knows its figures: for every curve the number of its points and the last of them.</summary>
/// <param name="Shape">Digest of everything but the points: titles, labels, the number of curves and their looks, maps.</param>
/// <param name="Ends">The end of every curve, in the order of the figures.</param>
internal sealed record FigureCursor(string Shape, IReadOnlyList<CurveEnd> Ends)
{
    /// <summary>The cursor as text, the id of an event: the browser sends it when it connects again.</summary>
    public string Id => $"{Shape}.{Digest(Ends.Select(end => end.Text))}.{string.Join(',', Ends.Select(end => end.Count))}";

    /// <summary>Returns the cursor of a page that knows everything.</summary>
    public static FigureCursor At(IReadOnlyList<SectionData> sections) => new(
        ShapeOf(sections),
        [
            .. Curves(sections).Select(curve =>
                CurveEnd.Of(curve, curve.ReducedFrom > 0 ? curve.ReducedFrom : curve.X.Count, curve.X.Count)),
        ]);

    /// <summary>Returns the cursor that an id describes, if the figures still begin with what that page knows; otherwise
    /// null.</summary>
    /// <param name="id">Id of an event.</param>
    /// <param name="sections">The present figures, with every point.</param>
    public static FigureCursor? Of(string? id, IReadOnlyList<SectionData> sections)
    {
        if (id?.Split('.') is not [var shape, _, var counts] || shape != ShapeOf(sections)) return null;
        var curves = Curves(sections).ToArray();
        var ends = counts.Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (ends.Length != curves.Length) return null;
        var known = new CurveEnd[ends.Length];
        for (var i = 0; i < known.Length; i++)
        {
            if (!int.TryParse(ends[i], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > curves[i].X.Count)
                return null;
            known[i] = CurveEnd.Of(curves[i], count, count);
        }
        var cursor = new FigureCursor(shape, known);
        return cursor.Id == id ? cursor : null;
    }

    /// <summary>Returns what a page with this cursor lacks, with the next cursor; null if it needs the figures as a
    /// whole.</summary>
    /// <param name="sections">The present figures, with every point.</param>
    public (IReadOnlyList<SectionPatch> Patches, FigureCursor Next)? Patch(IReadOnlyList<SectionData> sections)
    {
        if (ShapeOf(sections) != Shape) return null;
        var (next, i) = (new CurveEnd[Ends.Count], 0);
        var patches = new List<SectionPatch>();
        foreach (var (number, section) in sections.Index())
        {
            var figures = new List<FigurePatch>();
            foreach (var (place, figure) in section.Figures.Index())
            {
                var grown = new List<CurvePatch>();
                foreach (var (k, curve) in figure.Curves.Index())
                {
                    var from = Ends[i].From(curve);
                    next[i] = CurveEnd.Of(curve, curve.X.Count, curve.X.Count);
                    if (from < curve.X.Count || Ends[i].Count > curve.X.Count)
                        grown.Add(new(k, from, [.. curve.X.Skip(from)], [.. curve.Y.Skip(from)]));
                    i++;
                }
                if (grown.Count > 0) figures.Add(new(place, figure.Steps, figure.Level, figure.HasNegatives, figure.Notes, grown));
            }
            if (figures.Count > 0) patches.Add(new(number, section.Runs, figures));
        }
        return (patches, new(Shape, next));
    }

    private static IEnumerable<Curve> Curves(IReadOnlyList<SectionData> sections) =>
        sections.SelectMany(section => section.Figures).SelectMany(figure => figure.Curves);

    private static string ShapeOf(IReadOnlyList<SectionData> sections) => Digest(
        sections.Select(section => JsonSerializer.Serialize(
            section.Figures.Select(figure => figure with
            {
                Level = null,
                HasNegatives = false,
                Notes = [],
                Steps = figure.Steps is null ? null : new(0, 0),
                Curves = [.. figure.Curves.Select(curve => curve with { X = [], Y = [], ReducedFrom = 0 })],
            }),
            PageSection.Json)));

    private static string Digest(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))).AsSpan(0, 8));
}

/// <summary>The end of a curve that a page knows.</summary>
/// <param name="Count">Number of points.</param>
/// <param name="X">Abscissa of the last point; NaN without points.</param>
/// <param name="Y">Ordinate of the last point.</param>
internal sealed record CurveEnd(int Count, double X, double Y)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{X:R} {Y:R}");

    /// <param name="curve">The curve.</param>
    /// <param name="count">Number of points that the page knows.</param>
    /// <param name="within">Number of points of the curve up to the last of these.</param>
    public static CurveEnd Of(Curve curve, int count, int within) =>
        within == 0 ? new(0, double.NaN, double.NaN) : new(count, curve.X[within - 1], curve.Y[within - 1]);

    /// <summary>Returns the number of points that a page keeps: those it knows, if the curve still has the last of them; otherwise
    /// none.</summary>
    public int From(Curve curve) => Count <= curve.X.Count && Of(curve, Count, Count).Equals(this) ? Count : 0;
}

/// <summary>New points of a section.</summary>
/// <param name="Section">Number of the section.</param>
/// <param name="Runs">The runs, with their times.</param>
/// <param name="Figures">The figures that have grown.</param>
internal sealed record SectionPatch(int Section, IReadOnlyList<RunTimes> Runs, IReadOnlyList<FigurePatch> Figures);

/// <summary>New points of a figure, and what changes with them.</summary>
internal sealed record FigurePatch(
    int Figure, StepRange? Steps, Level? Level, bool HasNegatives, IReadOnlyList<string> Notes, IReadOnlyList<CurvePatch> Curves);

/// <summary>New points of a curve.</summary>
/// <param name="Curve">Number of the curve.</param>
/// <param name="From">Number of points that the page keeps.</param>
/// <param name="X">The points after these.</param>
/// <param name="Y">The points after these.</param>
internal sealed record CurvePatch(int Curve, int From, IReadOnlyList<double> X, IReadOnlyList<double> Y);
