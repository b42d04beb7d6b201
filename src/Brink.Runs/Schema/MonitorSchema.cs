using System.Globalization;

namespace Brink.Runs;

/// <summary>The manifest keys, series and events of a training with a stability monitor (docs/reference/run-format.md).</summary>
public static class MonitorSchema
{
    /// <summary>The kind of study in the manifest: a training with a stability monitor.</summary>
    public const string Kind = "monitor";

    /// <summary>The process of all series.</summary>
    public const string Monitor = "monitor";

    /// <summary>Event: the verdict changed.</summary>
    public const string VerdictEvent = "verdict";

    /// <summary>Event: the end of a warm-up became predictable or unpredictable, or was reached. It is also
    /// written at the first reading.</summary>
    public const string WarmUpEvent = "warm_up";

    /// <summary>Loss on the probe.</summary>
    public static readonly SeriesKey Loss = Of(RunSchema.LossSeries);

    /// <summary>Norm of the gradient on the probe; only of watched checkpoints.</summary>
    public static readonly SeriesKey GradientNorm = Of("gradient_norm");

    /// <summary>Largest eigenvalue in the metric of an adaptive optimizer, of P^-1/2 H P^-1/2; only of watched
    /// checkpoints.</summary>
    public static readonly SeriesKey Preconditioned = Of("preconditioned_sharpness");

    /// <summary>Trace of the Hessian; only of watched checkpoints.</summary>
    public static readonly SeriesKey Trace = Of("trace");

    /// <summary>Curvature along the step of the optimizer, d . H d / (d . g).</summary>
    public static readonly SeriesKey DirectionalSharpness = Of("directional_sharpness");

    /// <summary>Least step along the update at which the loss rises.</summary>
    public static readonly SeriesKey CriticalLearningRate = Of("critical_learning_rate");

    /// <summary>Batch sharpness: mean of g . H g / |g|^2 over batches of the training.</summary>
    public static readonly SeriesKey BatchSharpness = Of("batch_sharpness");

    /// <summary>Ends of the interval that contains the batch sharpness with a probability of 95 %.</summary>
    public static readonly SeriesKey BatchSharpnessLower = Of("batch_sharpness_lower"),
        BatchSharpnessUpper = Of("batch_sharpness_upper");

    /// <summary>Share of noise in the squared gradient of a batch, from 0 to 1.</summary>
    public static readonly SeriesKey NoiseShare = Of("noise_share");

    /// <summary>The name of the series of noise along eigenvectors, without the number of the eigenvector.</summary>
    public const string NoiseAlongSeries = "noise_share";

    /// <summary>Returns the key of the share of noise in the squared gradient of a batch along the n-th eigenvector, n from 1.</summary>
    public static SeriesKey NoiseAlong(int n) => Of(NoiseAlongSeries + "_" + n.ToString(CultureInfo.InvariantCulture));

    /// <summary>The edge of stability, for the curvature that decides; only of watched checkpoints.</summary>
    public static readonly SeriesKey Edge = Of("edge");

    /// <summary>Learning rate of the optimizer's first group.</summary>
    public static readonly SeriesKey LearningRate = Of("learning_rate");

    /// <summary>Sharpness: largest eigenvalue of the Hessian on the probe.</summary>
    public static readonly SeriesKey Sharpness = Of(RunSchema.SharpnessSeries);

    /// <summary>Largest eigenvalue in the optimizer's own metric; the edge of stability is 2.</summary>
    public static readonly SeriesKey EffectiveSharpness = Of("effective_sharpness");

    /// <summary>Remaining distance to the edge, 1 - effective sharpness / 2; negative beyond the edge.</summary>
    public static readonly SeriesKey Margin = Of("margin");

    /// <summary>Rise of the effective sharpness per step; NaN at the first reading.</summary>
    public static readonly SeriesKey SharpeningRate = Of("sharpening_rate");

    /// <summary>Steps until the effective sharpness reaches 2 at its present rate; NaN if it is there or does not
    /// rise.</summary>
    public static readonly SeriesKey StepsToEdge = Of("steps_to_edge");

    /// <summary>Largest stable learning rate; infinite if no curvature is positive, NaN if it is not known.</summary>
    public static readonly SeriesKey LargestStableLearningRate = Of("largest_stable_learning_rate");

    /// <summary>Number of Hessian products of the reading.</summary>
    public static readonly SeriesKey Products = Of("products");

    /// <summary>Share of the time since the start of the monitor that was spent on measurements, from 0 to 1.</summary>
    public static readonly SeriesKey OverheadSeries = Of("overhead");

    /// <summary>Step from which the target of the warm-up is stable; NaN if no such step is predicted.</summary>
    public static readonly SeriesKey WarmUpEnd = Of("warm_up_end");

    /// <summary>The largest stable step of each optimizer at the last reading.</summary>
    public static readonly ManifestKey<IReadOnlyList<AdviceRow>?> Advice = InspectionSchema.Advice;

    /// <summary>The advice on a warm-up of the learning rate at the last reading.</summary>
    public static readonly ManifestKey<WarmUpRow?> WarmUp = InspectionSchema.WarmUp;

    /// <summary>The last verdict: stable, sharpening, at the edge or unstable.</summary>
    public static readonly ManifestKey<string?> Verdict = new("verdict");

    /// <summary>Share of the time that was spent on measurements.</summary>
    public static readonly ManifestKey<double?> Overhead = new("overhead");

    /// <summary>The name of the series of alignments, without the number of the eigenvector.</summary>
    public const string AlignmentSeries = "alignment";

    /// <summary>Returns the key of the |cosine| of the gradient and the n-th eigenvector, n from 1.</summary>
    public static SeriesKey Alignment(int n) => Of(AlignmentSeries + "_" + n.ToString(CultureInfo.InvariantCulture));

    /// <summary>The names of the series of eigenvalues, without their numbers.</summary>
    public const string EigenvalueSeries = "eigenvalue", SmallestSeries = "smallest";

    /// <summary>Returns the key of the n-th largest eigenvalue, n from 1; only of watched checkpoints.</summary>
    public static SeriesKey Eigenvalue(int n) => Of(EigenvalueSeries + "_" + n.ToString(CultureInfo.InvariantCulture));

    /// <summary>Returns the key of the n-th smallest eigenvalue, n from 1; only of watched checkpoints.</summary>
    public static SeriesKey Smallest(int n) => Of(SmallestSeries + "_" + n.ToString(CultureInfo.InvariantCulture));

    private static SeriesKey Of(string name) => new(Monitor, name);
}
