namespace Brink.Reports;

/// <summary>What a stability monitor found in somebody's training.</summary>
internal static class MonitorFigures
{
    private const string Monitor = "monitor";

    public static IReadOnlyList<Figure> Of(RunCurves run)
    {
        var effective = run.OverSteps(
            "effective_sharpness", "Effective sharpness", "sharpness in the optimizer's metric",
            run.Series("effective sharpness", Monitor, "effective_sharpness"));
        var loss = run.OverSteps(
            "monitor_loss", "Loss on the probe", "loss", run.Series("loss", Monitor, "loss"));
        var sharpness = run.OverSteps(
            "monitor_sharpness", "Sharpness", "largest Hessian eigenvalue", run.Series("sharpness", Monitor, "sharpness"),
            run.NotConverged("sharpness", Monitor, "sharpness"));
        var rates = run.OverSteps(
            "learning_rates", "Learning rate, and the largest that is stable", "learning rate",
            run.Series("largest stable learning rate", Monitor, "largest_stable_learning_rate", Palette.Nth(2)),
            run.Series("learning rate", Monitor, "learning_rate", Palette.Nth(0)));
        var alignment = run.OverSteps(
            "alignment", "Alignment of the gradient with the top eigenvectors", "|cosine|",
            run.Numbers("alignment", Monitor).Select((n, i) =>
                run.Series(n == 1 ? "first" : $"eigenvector {n}", Monitor, $"alignment_{n}", Palette.Nth(i))));
        return
        [
            effective with { Level = new(2, "edge of stability") },
            loss with { Log = true },
            sharpness,
            rates with { Log = true },
            alignment,
        ];
    }
}
