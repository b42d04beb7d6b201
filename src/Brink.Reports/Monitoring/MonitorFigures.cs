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
        var rates = Figure.OverSteps(
            "learning_rates", "Learning rate and largest stable learning rate", "learning rate",
            run.Series("largest stable learning rate", MonitorSchema.LargestStableLearningRate, Palette.Nth(2)),
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
            "preconditioned_sharpness", "Sharpness in the metric of Adam", "eigenvalue of P^-1/2 H P^-1/2",
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
        ];
    }
}
