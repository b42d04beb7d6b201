using Brink.Runs;

namespace Brink.Reports;

/// <summary>Means of two consecutive values of a series. At the edge of stability loss and sharpness alternate from step to
/// step; the means do not.</summary>
internal static class PairMeans
{
    /// <summary>Returns the mean of each value and the one before it, at the step of the later one.</summary>
    public static IReadOnlyList<SeriesPoint> Of(IReadOnlyList<SeriesPoint> points) =>
        [.. points.Zip(points.Skip(1), (before, after) => new SeriesPoint(after.Step, (before.Value + after.Value) / 2))];
}
