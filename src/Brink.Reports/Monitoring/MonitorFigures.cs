using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of the measurements of a stability monitor during a training.</summary>
internal static class MonitorFigures
{
    private static readonly string Colour = Palette.Nth(5);

    public static IReadOnlyList<Figure> Of(RunCurves run)
    {
        var effective = Figure.OverSteps(
            "effective_sharpness", "Effective sharpness", "sharpness in the optimizer's metric",
            run.Series("effective sharpness", MonitorSchema.EffectiveSharpness, Colour));
        var loss = Figure.OverSteps(
            "monitor_loss", "Loss on the probe", "loss", run.Series("loss", MonitorSchema.Loss, Colour));
        var sharpness = Figure.OverSteps(
            "monitor_sharpness", "Sharpness", "largest Hessian eigenvalue", run.Series("sharpness", MonitorSchema.Sharpness, Colour),
            run.NotConverged("sharpness", MonitorSchema.Sharpness, Colour));
        var curvatures = Figure.OverSteps(
            "curvatures", "Curvature of the whole and of batches", "curvature",
            Compared(
                [
                    run.Series("batch sharpness", MonitorSchema.BatchSharpness, Palette.Nth(1)),
                    run.Series("directional sharpness", MonitorSchema.DirectionalSharpness, Palette.Nth(2)),
                ],
                run.Series("largest eigenvalue", MonitorSchema.Sharpness, Palette.Nth(0)),
                run.Series("edge of stability", MonitorSchema.Edge, Palette.Nth(3))));
        var trace = Figure.OverSteps(
            "watched_trace", "Trace of the Hessian", "trace", run.Series("trace", MonitorSchema.Trace, Colour));
        var noise = Figure.OverSteps(
            "noise_share", "Noise in the gradient of a batch", "share of the squared gradient",
            [
                run.Series("whole gradient", MonitorSchema.NoiseShare, Colour),
                .. run.Numbers(MonitorSchema.NoiseAlongSeries, MonitorSchema.Monitor).Select((n, i) =>
                    run.Series(
                        n == 1 ? "along the first eigenvector" : $"along eigenvector {n}", MonitorSchema.NoiseAlong(n), Palette.Nth(i))),
            ]);
        var rates = Figure.OverSteps(
            "learning_rates", "Learning rate and largest stable learning rate", "learning rate",
            run.Series("largest stable learning rate", MonitorSchema.LargestStableLearningRate, Palette.Nth(2)),
            run.Series("critical learning rate", MonitorSchema.CriticalLearningRate, Palette.Nth(1)),
            run.Series("learning rate", MonitorSchema.LearningRate, Palette.Nth(0)));
        var alignment = Figure.OverSteps(
            "alignment", "Alignment of the gradient with the top eigenvectors", "|cosine|",
            run.Numbers(MonitorSchema.AlignmentSeries, MonitorSchema.Monitor).Select((n, i) =>
                run.Series(n == 1 ? "first" : $"eigenvector {n}", MonitorSchema.Alignment(n), Palette.Nth(i))));
        var eigenvalues = Figure.OverSteps(
            "watched_eigenvalues", "Both ends of the spectrum", "Hessian eigenvalue",
            run.Numbers(MonitorSchema.EigenvalueSeries, MonitorSchema.Monitor).Select((n, i) =>
                run.Series(n == 1 ? "largest" : $"largest, {n}", MonitorSchema.Eigenvalue(n), Palette.Nth(i)))
            .Concat(run.Numbers(MonitorSchema.SmallestSeries, MonitorSchema.Monitor).Select((n, i) =>
                run.Series(n == 1 ? "smallest" : $"smallest, {n}", MonitorSchema.Smallest(n), Palette.Nth(5 + i)))));
        var preconditioned = Figure.OverSteps(
            "preconditioned_sharpness", "Sharpness in the metric of the optimizer", "eigenvalue of P^-1/2 H P^-1/2",
            run.Series("preconditioned sharpness", MonitorSchema.Preconditioned, Colour));
        return
        [
            effective with { Level = new(2, "edge of stability") },
            loss with { Log = true },
            sharpness,
            rates with { Log = true },
            alignment,
            eigenvalues,
            preconditioned,
            curvatures,
            trace,
            noise,
        ];
    }

    /// <summary>Curves with others for comparison; none without a point of their own.</summary>
    private static IEnumerable<Curve> Compared(IReadOnlyList<Curve> own, params IEnumerable<Curve> others) =>
        own.Any(curve => curve.X.Count > 0) ? [.. own, .. others] : [];
}
