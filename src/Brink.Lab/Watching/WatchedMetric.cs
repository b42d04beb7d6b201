using Brink.Algebra;
using Brink.Monitoring;
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
        state.Groups.Any(group => group.WeightDecay > 0)
        || state.Groups.Select(group => (group.LearningRate, group.Betas, group.Momentum, group.Dampening, group.Nesterov)).Distinct()
            .Count() > 1;

    /// <summary>Returns the metric; null where a learning rate or second moments are not in the state.</summary>
    /// <param name="state">State of the optimizer.</param>
    /// <param name="parameters">Parameters of the model, in the order of theta.</param>
    /// <param name="path">File of the state, for messages.</param>
    /// <param name="precision">Precision of the metric.</param>
    /// <exception cref="InvalidDataException">The state does not fit the model.</exception>
    public static WatchedMetric? Of(
        OptimizerState state, IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> parameters, string path, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        var indices = state.IndicesByName(parameters, path);
        var (squares, decays) = (new List<Tensor>(), new List<Tensor>());
        foreach (var (name, shape) in parameters)
        {
            var group = state.Groups.First(one => one.Parameters.Contains(indices[name]));
            if (group.LearningRate is not { } eta) return null;
            var (decay, decoupled) = (group.WeightDecay ?? 0, group.Decoupled == true);
            var strength = 2 * eta * Gain(group) / (2 - (decoupled ? eta * decay : 0));
            var size = shape.Aggregate(1L, (product, side) => product * side);
            if (group.Betas is { } betas)
            {
                if (!state.Parameters.TryGetValue(indices[name], out var own)) return null;
                if (WatchedOptimizer.SecondMoment(own, own.Step ?? state.Step ?? 0, betas.Second, group.Epsilon ?? 1e-8) is not { } P)
                    return null;
                squares.Add(strength / P);
            }
            else
            {
                squares.Add(full(size, strength, dtype: ScalarType.Float64));
            }
            decays.Add(full(size, decoupled ? 0 : decay, dtype: ScalarType.Float64));
        }
        return new(
            scope.MoveToOuter(cat([.. squares]).sqrt().to(precision)), scope.MoveToOuter(cat([.. decays]).to(precision)));
    }

    /// <summary>Returns s (H + decay) s.</summary>
    public SymmetricOperator Of(SymmetricOperator H) => new(H.Dimension, H.Precision, rows =>
    {
        using var scope = NewDisposeScope();
        var scaled = rows * Scale;
        return scope.MoveToOuter((H.Times(scaled) + (scaled * Decay)) * Scale);
    });

    /// <summary>The gain of the optimizer's filter at the frequency of an oscillation that changes sign at every step.</summary>
    private static double Gain(ParameterGroup group) => group.Betas is { } betas
        ? StepGain.Adam(betas.First)
        : StepGain.Momentum(group.Momentum ?? 0, group.Dampening ?? 0, group.Nesterov == true);
}
