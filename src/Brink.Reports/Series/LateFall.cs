using Brink.Runs;

namespace Brink.Reports;

/// <summary>The course of a sharpness that rose, by progressive sharpening, and was falling below 2/eta at the end of
/// training.</summary>
/// <param name="First">The first sharpness.</param>
/// <param name="Highest">The largest sharpness.</param>
/// <param name="Last">Mean over the second half of the end.</param>
internal sealed record LateFall(SeriesPoint First, SeriesPoint Highest, double Last)
{
    /// <summary>Share of the measurements, the last ones, that are the end of training.</summary>
    public const double EndShare = 0.2;

    /// <summary>Factor of the rise from the first to the largest sharpness, of the fall from there to the end, and of 2/eta to
    /// the end: a sharpness that is closer to 2/eta is at the edge of stability.</summary>
    public const double Factor = 1.1;

    /// <summary>Least number of measurements for a statement about the end of training.</summary>
    public const int LeastMeasurements = 20;

    /// <summary>Returns the course; null unless the first sharpness and every one at the end is at most 2/eta, the second half of
    /// the end is on average at most the first half, and the sharpness rose, fell, and is below 2/eta by
    /// <see cref="Factor"/>.</summary>
    /// <param name="sharpness">Sharpness by step, without its alternation.</param>
    /// <param name="threshold">2/eta.</param>
    public static LateFall? Of(IReadOnlyList<SeriesPoint> sharpness, double threshold)
    {
        if (sharpness.Count < LeastMeasurements || sharpness.Any(point => !double.IsFinite(point.Value))) return null;
        var end = sharpness.Skip(sharpness.Count - (int)(EndShare * sharpness.Count)).Select(point => point.Value).ToArray();
        if (sharpness[0].Value > threshold || end.Any(value => value > threshold)) return null;
        var (before, last) = (end[..(end.Length / 2)].Average(), end[(end.Length / 2)..].Average());
        var highest = sharpness.MaxBy(point => point.Value)!;
        return last <= before && threshold >= Factor * last && highest.Value >= Factor * Math.Max(sharpness[0].Value, last)
            ? new(sharpness[0], highest, last)
            : null;
    }

    /// <summary>Returns the sentence that a fall at the end is normal for the loss of a run; null for a squared error, and if
    /// the experiment does not name the loss.</summary>
    public static string? Normal(RunManifest manifest) => (manifest.Get(RunSchema.Experiment) ?? "").Split('\n').Any(IsCrossEntropy)
        ? "With cross-entropy a fall of the sharpness at the end of training is normal: the curvature of the loss vanishes as the samples"
            + " are fitted."
        : null;

    /// <summary>Reads a line of the experiment, which is YAML; the logistic loss is the cross-entropy of two classes.</summary>
    private static bool IsCrossEntropy(string line) => line.TrimEnd() is "loss: cross-entropy" or "loss: logistic";
}
