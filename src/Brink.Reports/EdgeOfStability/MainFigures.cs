using Brink.Runs;

namespace Brink.Reports;

/// <summary>The paper's main figure: descent, flow, constrained trajectory and predictions in one plot.</summary>
internal static class MainFigures
{
    public static IReadOnlyList<Figure> Of(EdgeCurves edge)
    {
        var loss = edge.OverSteps("loss", "Loss", "loss", edge.Each(EdgeSchema.Loss));
        var (midpoints, colour) = (new SeriesKey(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), edge.Colour(EdgeSchema.Descent));
        var sharpness = edge.OverSteps(
            "sharpness", "Sharpness", "largest Hessian eigenvalue",
            [
                edge.Run.Series("gradient descent, at midpoints until 2/η", midpoints, colour),
                .. edge.Each(EdgeSchema.Sharpness),
                edge.Run.NotConverged("gradient descent, at midpoints", midpoints, colour),
                .. edge.EachNotConverged(EdgeSchema.Sharpness),
            ]);
        // The constrained trajectory has distance zero to itself.
        var distance = edge.OverSteps(
            "distance", "Distance to the constrained trajectory", "‖θ − θ†‖",
            edge.Trajectories.Zip(edge.Each(EdgeSchema.Distance))
                .Where(pair => pair.First.Name != EdgeSchema.Constrained)
                .Select(pair => pair.Second));
        return
        [
            loss with { Log = true },
            sharpness with { Level = edge.Run.Edge },
            distance with { Log = true },
            Displacement(edge, EdgeSchema.X, "Displacement along u", "(−1)ᵗ x"),
        ];
    }

    /// <summary>Returns the figure of a displacement with every second value negated: at the edge x changes sign at every
    /// step, and its amplitude and phase become readable.</summary>
    public static Figure Displacement(EdgeCurves edge, string name, string title, string label) =>
        edge.OverSteps(name, title, label, edge.Each(name).Select(Alternating)) with { Level = new(0, "") };

    private static Curve Alternating(Curve curve) => curve with
    {
        Y = [.. curve.Y.Select((value, i) => (long)curve.X[i] % 2 == 0 ? value : -value)],
    };
}
