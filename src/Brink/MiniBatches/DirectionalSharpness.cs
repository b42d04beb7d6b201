using Brink.Objectives;

namespace Brink.MiniBatches;

/// <summary>Directional sharpness along an update d, d . H d / (d . g): on a quadratic, the loss stops falling along d at the step
/// 2 over it (Roulet et al. 2024, arXiv 2407.06183; Kalra et al. 2026, arXiv 2601.16979). Along the gradient it is g . H g /
/// |g|^2.</summary>
public static class DirectionalSharpness
{
    /// <summary>Computes it with one Hessian product.</summary>
    /// <param name="expansion">Expansion of the loss.</param>
    /// <param name="update">Direction d [p] of the step theta - eta d; null: the gradient.</param>
    public static double Of(IExpansion expansion, Tensor? update = null)
    {
        using var scope = NewDisposeScope();
        var d = update ?? expansion.Gradient;
        return d.dot(expansion.HessianTimes(d)).ToDouble() / d.dot(expansion.Gradient).ToDouble();
    }
}
