using System.Globalization;

namespace Brink.Runs;

/// <summary>The manifest keys, series and events of a training with a stability monitor (docs/reference/run-format.md).</summary>
public static class MonitorSchema
{
    public const string Kind = "monitor";

    /// <summary>The process of all series.</summary>
    public const string Monitor = "monitor";

    public const string VerdictEvent = "verdict", WarmUpEvent = "warm_up";

    public static readonly SeriesKey
        Loss = Of(RunSchema.LossSeries), LearningRate = Of("learning_rate"), Sharpness = Of(RunSchema.SharpnessSeries),
        EffectiveSharpness = Of("effective_sharpness"), Margin = Of("margin"), SharpeningRate = Of("sharpening_rate"), StepsToEdge = Of("steps_to_edge"),
        LargestStableLearningRate = Of("largest_stable_learning_rate"), Products = Of("products"), OverheadSeries = Of("overhead"),
        WarmUpEnd = Of("warm_up_end");

    public static readonly ManifestKey<IReadOnlyList<AdviceRow>?> Advice = InspectionSchema.Advice;

    public static readonly ManifestKey<WarmUpRow?> WarmUp = InspectionSchema.WarmUp;

    public static readonly ManifestKey<string?> Verdict = new("verdict");

    /// <summary>Share of the time that was spent on measurements.</summary>
    public static readonly ManifestKey<double?> Overhead = new("overhead");

    public const string AlignmentSeries = "alignment";

    /// <summary>Returns the key of the |cosine| of the gradient and the n-th eigenvector, n from 1.</summary>
    public static SeriesKey Alignment(int n) => Of(AlignmentSeries + "_" + n.ToString(CultureInfo.InvariantCulture));

    private static SeriesKey Of(string name) => new(Monitor, name);
}
