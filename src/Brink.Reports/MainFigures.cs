namespace Brink.Reports;

/// <summary>The paper's main figure: descent, flow, constrained trajectory and predictions on top of each
/// other.</summary>
internal static class MainFigures
{
    public static IReadOnlyList<Figure> Of(RunCurves run)
    {
        var loss = run.OverSteps(
            "loss", "Loss", "loss",
            run.Series("gradient descent", "gd", "loss"),
            run.Series("gradient flow", "flow", "loss"),
            run.Series("constrained trajectory", "constrained", "loss"),
            run.Series("predicted", "predicted", "loss"),
            run.Series("generalized prediction", "generalized", "loss"));
        var sharpness = run.OverSteps(
            "sharpness", "Sharpness", "largest Hessian eigenvalue",
            run.Series("gradient descent, at midpoints until 2/η", "gd", "sharpness_midpoint"),
            run.Series("gradient descent", "gd", "sharpness"),
            run.Series("gradient flow", "flow", "sharpness"),
            run.Series("constrained trajectory", "constrained", "sharpness"),
            run.Series("predicted", "predicted", "sharpness"),
            run.Series("generalized prediction", "generalized", "sharpness"),
            run.NotConverged("gradient descent, at midpoints", "gd", "sharpness_midpoint"),
            run.NotConverged("gradient descent", "gd", "sharpness"),
            run.NotConverged("gradient flow", "flow", "sharpness"),
            run.NotConverged("constrained trajectory", "constrained", "sharpness"),
            run.NotConverged("predicted", "predicted", "sharpness"),
            run.NotConverged("generalized prediction", "generalized", "sharpness"));
        var distance = run.OverSteps(
            "distance", "Distance to the constrained trajectory", "‖θ − θ†‖",
            run.Series("gradient descent", "gd", "distance"),
            run.Series("gradient flow", "flow", "distance"),
            run.Series("predicted", "predicted", "distance"),
            run.Series("generalized prediction", "generalized", "distance"));
        return
        [
            loss with { Log = true },
            sharpness with { Level = run.Edge },
            distance with { Log = true },
            Displacement(run, "x", "Displacement along u", "(−1)ᵗ x"),
        ];
    }

    /// <summary>At the edge x changes sign at every step: with every second value negated its amplitude and
    /// phase can be read.</summary>
    public static Figure Displacement(RunCurves run, string name, string title, string label)
    {
        var figure = run.OverSteps(
            name, title, label,
            Alternating(run.Series("gradient descent", "gd", name)),
            Alternating(run.Series("predicted", "predicted", name)),
            Alternating(run.Series("generalized prediction", "generalized", name)));
        return figure with { Level = new(0, "") };
    }

    private static Curve Alternating(Curve curve) => curve with
    {
        Y = [.. curve.Y.Select((value, i) => (long)curve.X[i] % 2 == 0 ? value : -value)],
    };
}
