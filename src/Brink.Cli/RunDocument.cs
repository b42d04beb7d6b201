using Brink.Lab;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>What <c>brink run --json</c> says of a run: what scripts read of its kind of study.</summary>
internal static class RunDocument
{
    public static object Of(Study study, RunSummary summary, RunManifest manifest, string page) =>
        study is SpeedStudy ? Speed(summary, manifest, page) : Edge(summary, manifest, page);

    private static object Edge(RunSummary summary, RunManifest manifest, string page) => new
    {
        Run = summary.Folder,
        Status = summary.Status.Name(),
        summary.Message,
        Threshold = manifest.Number("threshold"),
        InstabilityStep = manifest.Number("instability_step"),
        TrackedSteps = manifest.Number("tracked_steps"),
        MaxConstraintError = manifest.Number("max_constraint_error"),
        MaxAlignmentError = manifest.Number("max_alignment_error"),
        ProductsPerStep = manifest.Number("products_per_step"),
        GradientsPerStep = manifest.Number("gradients_per_step"),
        ThirdDerivativesPerStep = manifest.Number("third_derivatives_per_step"),
        PredictionErrorMean = manifest.Number("prediction_error_mean"),
        PredictionErrorMax = manifest.Number("prediction_error_max"),
        summary.Seconds,
        Page = page,
    };

    private static object Speed(RunSummary summary, RunManifest manifest, string page) => new
    {
        Run = summary.Folder,
        Status = summary.Status.Name(),
        summary.Message,
        BestLearningRate = manifest.Number("best_learning_rate"),
        Results = manifest.Node("results"),
        summary.Seconds,
        Page = page,
    };
}
