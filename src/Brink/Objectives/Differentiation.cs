namespace Brink.Objectives;

/// <summary>The only place that differentiates by libtorch.</summary>
/// <remarks><c>autograd.grad</c> of TorchSharp lets a native error end the process; <c>autograd.backward</c>
/// turns it into an exception. A derivative that does not depend on theta is zero here, where libtorch would
/// refuse.</remarks>
public static class Differentiation
{
    /// <summary>Adds the gradient of a scalar to the gradients that its leaves hold, where optimizers read them; its graph is
    /// freed.</summary>
    public static void Accumulate(Tensor loss) => loss.backward();

    /// <summary>A leaf [p] with the values of theta, to differentiate by.</summary>
    internal static Tensor Variable(Tensor theta) => theta.detach().clone().requires_grad_();

    /// <summary>sum_i direction_i d y_i / d leaves [p], leaf after leaf; y is a scalar when no direction is
    /// given.</summary>
    /// <param name="y">A function of the leaves; its graph stays usable if <paramref name="keepGraph"/> is true.</param>
    /// <param name="leaves">Tensors that y was computed from, of any shapes, p elements in all. A gradient that one of them
    /// holds already is preserved.</param>
    /// <param name="direction">Direction of the shape of y, or null if y is a scalar.</param>
    /// <param name="keepGraph">True if y will be differentiated again.</param>
    /// <param name="differentiable">True if the result will itself be differentiated.</param>
    internal static Tensor Derivative(
        Tensor y, IReadOnlyList<Tensor> leaves, Tensor? direction, bool keepGraph, bool differentiable)
    {
        if (!y.requires_grad) return cat([.. leaves.Select(leaf => zeros_like(leaf).detach().flatten())]);
        var owned = leaves.Select(leaf => leaf.grad).ToArray();
        foreach (var leaf in leaves) leaf.grad = null;
        try
        {
            autograd.backward([y], direction is null ? null : [direction], keepGraph, differentiable, inputs: [.. leaves]);
            // A leaf that y does not reach has no gradient: it is zero.
            var gradients = leaves.Select(leaf => (leaf.grad ?? zeros_like(leaf).detach()).flatten()).ToArray();
            return gradients.Length == 1 ? gradients[0] : cat(gradients);
        }
        finally
        {
            // Removed at once: a gradient with a graph, left on its leaf, is a cycle that is never freed.
            for (var i = 0; i < leaves.Count; i++) leaves[i].grad = owned[i];
        }
    }
}
