using Brink.Algebra;

namespace Brink.Objectives;

/// <summary>The generalized Gauss-Newton matrix at a point: G = sum_i J_i^T (d2 l / d f2)_i J_i, the Hessian with the model
/// replaced by its linearisation (Schraudolph 2002; Martens 2020, section 8).</summary>
/// <remarks>
/// <para>Positive semidefinite for losses that are convex in the outputs; it equals the Hessian where the model is linear
/// or, for a squared error, where every residual is zero.</para>
/// <para>libtorch has no forward mode: J v is the derivative, by w, of v . J^T w, which is linear in w. Nothing is kept
/// between calls: memory is that of one micro-batch, and rows that are multiplied together share its graphs.</para>
/// </remarks>
public static class GaussNewton
{
    /// <param name="loss">A mean loss over a data set (<see cref="EmpiricalLoss"/>, or a module's).</param>
    /// <param name="theta">Point [p]; the caller keeps it alive as long as the operator.</param>
    /// <exception cref="ArgumentException">The terms are not losses of a model's outputs.</exception>
    public static SymmetricOperator At(DifferentiableSum loss, Tensor theta)
    {
        var terms = loss.Composition
            ?? throw new ArgumentException(
                "the loss is not a function of a model's outputs, so it has no Gauss-Newton matrix; pass a loss made from a model",
                nameof(loss));
        return new(loss.Dimension, loss.Precision, Times);

        Tensor Times(Tensor rows)
        {
            using var scope = NewDisposeScope();
            var leaves = loss.Leaves(theta);
            var products = zeros_like(rows);
            for (var i = 0; i < loss.Terms; i++)
            {
                using var inner = NewDisposeScope();
                Add(terms, leaves, i, rows, products);
            }
            return scope.MoveToOuter(products);
        }
    }

    private static void Add(Composition terms, IReadOnlyList<Tensor> leaves, int i, Tensor rows, Tensor products)
    {
        var outputs = terms.Outputs(leaves[0], i);
        var w = zeros_like(outputs).detach().requires_grad_();
        var pulled = Differentiation.Derivative(outputs, leaves, w, keepGraph: true, differentiable: true);   // J^T w [p]
        var values = Differentiation.Variable(outputs);
        var slope = Differentiation.Derivative(
            terms.LossOf(values, i), [values], null, keepGraph: true, differentiable: true);
        for (var k = 0; k < rows.shape[0]; k++)
        {
            using var row = NewDisposeScope();
            var pushed = Differentiation.Derivative(pulled, [w], rows[k], keepGraph: true, differentiable: false);   // J v
            var curved = Differentiation.Derivative(slope, [values], pushed, keepGraph: true, differentiable: false);
            products[k].add_(Differentiation.Derivative(
                outputs, leaves, curved.view_as(outputs), keepGraph: true, differentiable: false));
        }
    }
}
