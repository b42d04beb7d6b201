using Brink.Algebra;
using Brink.Zoo.Checkpoints;

namespace Brink.Lab;

/// <summary>The metric of the step that an optimizer takes whose groups differ or have weight decay: the diagonal s [p] for which
/// stability ends where the largest eigenvalue of s (H + decay) s reaches 2 (docs/reference/papers.md, edges of other
/// optimizers).</summary>
/// <param name="Scale">Diagonal s [p].</param>
/// <param name="Decay">Weight decay that acts as curvature [p].</param>
public sealed record WatchedMetric(Tensor Scale, Tensor Decay)
{
    /// <summary>True if the groups have different settings, or a weight decay.</summary>
    public static bool IsNeeded(OptimizerState state) =>
        state.Groups.Any(group => group.WeightDecay > 0) || state.Groups.Select(WatchedOptimizer.Of).Distinct().Count() > 1;

    /// <summary>Returns the metric; null where a learning rate or second moments are not in the state, or the edge of a group's
    /// optimizer is not known.</summary>
    /// <param name="state">State of the optimizer.</param>
    /// <param name="at">The point of the state.</param>
    /// <exception cref="InvalidDataException">The state does not fit the model.</exception>
    public static WatchedMetric? Of(OptimizerState state, WatchedPoint at)
    {
        using var scope = NewDisposeScope();
        var indices = at.Indices(state);
        var (squares, decays) = (new List<Tensor>(), new List<Tensor>());
        foreach (var (name, theta, gradient) in at.Parts())
        {
            var group = state.Groups.First(one => one.Parameters.Contains(indices[name]));
            var optimizer = WatchedOptimizer.Of(group);
            if (optimizer is not { LearningRate: { } eta, Gain: { } gain }) return null;
            var (decay, decoupled) = (group.WeightDecay ?? 0, group.Decoupled == true || optimizer.Kind == WatchedMethod.Adafactor);
            var strength = 2 * eta * gain / (2 - (decoupled ? eta * decay : 0));
            if (optimizer.IsAdaptive)
            {
                if (WatchedPreconditioner.OfParameter(optimizer, state, indices[name], theta, gradient) is not { } P) return null;
                squares.Add(strength / P.Diagonal);
            }
            else
            {
                squares.Add(full_like(theta, strength));
            }
            decays.Add(full_like(theta, decoupled ? 0 : decay));
        }
        return new(
            scope.MoveToOuter(cat([.. squares]).sqrt().to(at.Theta.dtype)), scope.MoveToOuter(cat([.. decays]).to(at.Theta.dtype)));
    }

    /// <summary>Returns s (H + decay) s.</summary>
    public SymmetricOperator Of(SymmetricOperator H) => new(H.Dimension, H.Precision, rows =>
    {
        using var scope = NewDisposeScope();
        var scaled = rows * Scale;
        return scope.MoveToOuter((H.Times(scaled) + (scaled * Decay)) * Scale);
    });
}
