using Brink.Runs;

namespace Brink.Reports;

/// <summary>The series of a run at the edge of stability that its story describes.</summary>
/// <param name="Run">The run.</param>
/// <param name="Manifest">Manifest of the run.</param>
/// <param name="Threshold">2/eta.</param>
internal sealed record EdgeMeasurements(RunReader Run, RunManifest Manifest, double Threshold)
{
    /// <summary>First tracked step; after the last step of a run that did not reach 2/eta.</summary>
    public long Instability { get; } = Manifest.Get(EdgeSchema.InstabilityStep) ?? long.MaxValue;

    /// <summary>Loss of gradient descent at all steps.</summary>
    public IReadOnlyList<SeriesPoint> Loss { get; } = Run.Points(EdgeSchema.Descent, EdgeSchema.Loss);

    /// <summary>Sharpness of gradient descent at the midpoints of checked steps, before the tracked phase.</summary>
    public IReadOnlyList<SeriesPoint> Midpoints =>
        [.. Finite(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint).Where(point => point.Step < Instability)];

    /// <summary>Sharpness of gradient descent in the tracked phase.</summary>
    public IReadOnlyList<SeriesPoint> Sharpness => Finite(EdgeSchema.Descent, EdgeSchema.Sharpness);

    /// <summary>Sharpness of gradient descent without its alternation: at midpoints, then as means of two consecutive
    /// measurements.</summary>
    public IReadOnlyList<SeriesPoint> Smooth => [.. Midpoints, .. PairMeans.Of(Sharpness)];

    /// <summary>Returns the finite values of a series.</summary>
    public IReadOnlyList<SeriesPoint> Finite(string process, string series) =>
        [.. Run.Points(process, series).Where(point => double.IsFinite(point.Value))];

    /// <summary>Returns a sharpness as a multiple of 2/eta.</summary>
    public string Times(double sharpness) => Story.Times(sharpness / Threshold);

    /// <summary>Returns the range of sharpnesses in multiples of 2/eta.</summary>
    public string Range(IEnumerable<double> sharpness)
    {
        double[] values = [.. sharpness];
        return $"between {Times(values.Min())} and {Times(values.Max())} times 2/η";
    }
}
