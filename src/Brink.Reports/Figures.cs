using Brink.Runs;

namespace Brink.Reports;

/// <summary>The figures of a run: the paper's main figure in four panels, and two that explain it (Damian et
/// al. 2023).</summary>
public static class Figures
{
    /// <summary>The panels of the paper's main figure, drawn together under the name main.</summary>
    public static readonly IReadOnlyList<string> Main = ["loss", "sharpness", "distance", "x"];

    /// <summary>Every name that the command line takes.</summary>
    public static readonly IReadOnlyList<string> Names = ["main", .. Main, "eigenvalues", "excess"];

    /// <summary>All single figures of a run, without those it has no data for.</summary>
    public static IReadOnlyList<Figure> Of(RunReader run)
    {
        var manifest = run.Manifest();
        var threshold = manifest.Number("threshold") is { } value ? new Level(value, "2/η") : null;
        var instability = manifest.Number("instability_step") ?? 0;
        var loss = Figure(
            "loss", "Loss", "loss", true, null,
            ("gradient descent", "gd", "loss"),
            ("gradient flow", "flow", "loss"),
            ("constrained trajectory", "constrained", "loss"),
            ("predicted", "predicted", "loss"),
            ("generalized prediction", "generalized", "loss"));
        var sharpness = Figure(
            "sharpness", "Sharpness", "largest Hessian eigenvalue", false, threshold,
            ("gradient descent, at midpoints until 2/η", "gd", "sharpness_midpoint"),
            ("gradient descent", "gd", "sharpness"),
            ("gradient flow", "flow", "sharpness"),
            ("constrained trajectory", "constrained", "sharpness"),
            ("predicted", "predicted", "sharpness"),
            ("generalized prediction", "generalized", "sharpness"));
        var distance = Figure(
            "distance", "Distance to the constrained trajectory", "‖θ − θ†‖", true, null,
            ("gradient descent", "gd", "distance"),
            ("gradient flow", "flow", "distance"),
            ("predicted", "predicted", "distance"),
            ("generalized prediction", "generalized", "distance"));
        var x = Alternating(Figure(
            "x", "Displacement along u", "(−1)ᵗ x", false, new(0, ""),
            ("gradient descent", "gd", "x"),
            ("predicted", "predicted", "x"),
            ("generalized prediction", "generalized", "x")));
        var eigenvalues = Figure(
            "eigenvalues", "Largest eigenvalues on the constrained trajectory",
            "eigenvalue", false, threshold,
            ("largest", "constrained", "sharpness"),
            ("second", "constrained", "eigenvalue_2"));
        var excess = Figure(
            "excess", "Excess sharpness", "y = ∇⊥S · v", false, new(0, ""),
            ("gradient descent", "gd", "y"),
            ("predicted", "predicted", "y"),
            ("generalized prediction", "generalized", "y"));
        return [.. new[] { loss, sharpness, distance, x, eigenvalues, excess }
            .Where(figure => figure.Curves.Count > 0)];

        Figure Figure(
            string name,
            string title,
            string label,
            bool log,
            Level? level,
            params (string, string, string)[] series)
        {
            var curves = series.Select(Curve).Where(curve => curve.Steps.Count > 0).ToList();
            var last = curves.Count == 0 ? 0 : curves.Max(curve => curve.Steps[^1]);
            // Of a long approach only the end is shown at first: as long as the tracked phase at most.
            var from = Math.Max(0, instability - Math.Max(20, last - instability));
            return new(name, title, label, curves, level, log, from, last);
        }

        Curve Curve((string Label, string Process, string Name) series)
        {
            var points = run.Points(series.Process, series.Name);
            return new(
                series.Label,
                series.Process,
                [.. points.Select(point => (double)point.Step)],
                [.. points.Select(point => point.Value)]);
        }
    }

    /// <summary>At the edge x changes sign at every step: with every second value negated its amplitude and
    /// phase can be read.</summary>
    private static Figure Alternating(Figure figure) => figure with
    {
        Curves = [.. figure.Curves.Select(curve => curve with
        {
            Values = [.. curve.Values.Select((value, i) => (long)curve.Steps[i] % 2 == 0 ? value : -value)],
        })],
    };
}
