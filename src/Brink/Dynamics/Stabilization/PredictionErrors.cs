using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>Errors of the predictor at the last steps, measured minus predicted, and their extrapolation to the next
/// step.</summary>
/// <param name="Curvature">Errors of Lambda [k,k], row by row.</param>
/// <param name="Alignments">Errors of U grad L [k].</param>
public sealed record PredictionErrors(BackwardDifferences Curvature, BackwardDifferences Alignments)
{
    /// <summary>The errors before the first step: both lists of differences are empty.</summary>
    public static PredictionErrors None { get; } = new(BackwardDifferences.None, BackwardDifferences.None);

    /// <summary>Adds the errors of one more step.</summary>
    /// <param name="predicted">Prediction of that step.</param>
    /// <param name="curvature">Lambda at its end [k,k].</param>
    /// <param name="alignments">U grad L at its end [k].</param>
    internal PredictionErrors With(ProjectionPredictor predicted, Tensor curvature, Tensor alignments)
    {
        using var scope = NewDisposeScope();
        return new(
            Curvature.With((curvature - predicted.Curvature).contiguous().data<double>().ToArray()),
            Alignments.With((alignments - predicted.Alignments).data<double>().ToArray()));
    }

    /// <summary>Extrapolates the errors of the next step, in a frame of k directions; 0 at the first step.</summary>
    internal (Tensor Curvature, Tensor Alignments) Next(int k) => (
        tensor(Curvature.Next() ?? new double[k * k]).view(k, k),
        tensor(Alignments.Next() ?? new double[k]));

    internal void Save(Snapshot to)
    {
        Curvature.Save(to.Part("curvature"));
        Alignments.Save(to.Part("alignments"));
    }

    internal static PredictionErrors Restored(Snapshot from) =>
        new(BackwardDifferences.Restored(from.Part("curvature")), BackwardDifferences.Restored(from.Part("alignments")));
}
