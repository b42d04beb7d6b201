namespace Brink.Objectives;

/// <summary>The one place where libtorch differentiates.</summary>
/// <remarks><c>autograd.grad</c> of TorchSharp lets a native error end the process; <c>autograd.backward</c>
/// turns it into an exception. A derivative that does not depend on theta is zero here, where libtorch would
/// refuse.</remarks>
internal static class Differentiation
{
    /// <summary>A leaf [p] with the values of theta, to differentiate by.</summary>
    public static Tensor Variable(Tensor theta) => theta.detach().clone().requires_grad_();

    /// <summary>sum_i direction_i d y_i / d theta [p]; y is a scalar when no direction is given.</summary>
    /// <param name="y">A function of theta; its graph stays usable when it is kept.</param>
    /// <param name="theta">The leaf that y was computed from.</param>
    /// <param name="direction">The shape of y, or null where y is a scalar.</param>
    /// <param name="keepGraph">Whether y is to be differentiated again.</param>
    /// <param name="differentiable">Whether the result is itself to be differentiated.</param>
    public static Tensor Derivative(Tensor y, Tensor theta, Tensor? direction, bool keepGraph, bool differentiable)
    {
        if (!y.requires_grad) return zeros_like(theta).detach();
        theta.grad = null;
        autograd.backward([y], direction is null ? null : [direction], keepGraph, differentiable, inputs: [theta]);
        // Taken out at once: a gradient with a graph, left on its leaf, is a cycle that is never freed.
        var gradient = theta.grad;
        theta.grad = null;
        return gradient ?? zeros_like(theta).detach();
    }
}
