using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>Errors of the predictor at the last steps, what was found less what was predicted, and those to expect next.</summary>
/// <param name="Curvature">Of Lambda [k,k], row by row.</param>
/// <param name="Alignments">Of U grad L [k].</param>
public sealed record PredictionErrors(BackwardDifferences Curvature, BackwardDifferences Alignments)
{
    public static PredictionErrors None { get; } = new(BackwardDifferences.None, BackwardDifferences.None);

    /// <summary>With those of one step more.</summary>
    /// <param name="predicted">Its prediction.</param>
    /// <param name="curvature">Lambda where it ended [k,k].</param>
    /// <param name="alignments">U grad L there [k].</param>
    internal PredictionErrors With(ProjectionPredictor predicted, Tensor curvature, Tensor alignments)
    {
        using var scope = NewDisposeScope();
        return new(
            Curvature.With((curvature - predicted.Curvature).contiguous().data<double>().ToArray()),
            Alignments.With((alignments - predicted.Alignments).data<double>().ToArray()));
    }

    /// <summary>Of the next step, in a frame of k directions; nothing where it is the first.</summary>
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
