using Brink.Algebra;

namespace Brink.Tests.Algebra;

public class SymmetricOperatorTests
{
    [Fact]
    public void Derived_operators_agree_with_dense_matrices()
    {
        using var scope = NewDisposeScope();
        var (A, B) = (Symmetric(1), Symmetric(2));
        var (a, b) = (SymmetricOperator.Of(A), SymmetricOperator.Of(B));
        var P = Networks.Uniform(3, 9).abs() + 0.1;
        var root = P.pow(-0.5);
        Same(A + B, a.Plus(b));
        Same(A + (0.7 * eye(9, dtype: ScalarType.Float64)), a.Shifted(0.7));
        Same(-2 * A, a.Scaled(-2));
        Same(root.unsqueeze(1) * A * root, a.Preconditioned(P));
        var some = tensor(new long[] { 6, 7, 1, 2, 3 });
        Same(A.index_select(0, some).index_select(1, some), a.Restricted((6, 2), (1, 3)));
    }

    [Fact]
    public void The_block_of_a_layer_equals_that_of_the_dense_Hessian()
    {
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        using var expansion = objective.ExpandAt(theta);
        var dense = Networks.DifferencedHessian(objective, theta);
        var block = dense[20..42, 20..42];
        var hessian = new SymmetricOperator(objective.Dimension, ScalarType.Float64, expansion.HessianTimes).Restricted((20, 22));
        Assert.InRange(Networks.Relative(hessian.Times(eye(22, dtype: ScalarType.Float64)), block), 0, 1e-7);
    }

    [Fact]
    public void Invalid_ranges_and_mismatched_shapes_are_refused()
    {
        using var scope = NewDisposeScope();
        var a = SymmetricOperator.Of(Symmetric(1));
        Assert.Throws<ArgumentException>(() => a.Restricted((7, 3)));
        Assert.Throws<ArgumentException>(() => a.Restricted((0, 3), (2, 1)));
        Assert.Throws<ArgumentException>(() => a.Preconditioned(ones(8, dtype: ScalarType.Float64)));
        Assert.Throws<ArgumentException>(() => a.Preconditioned(zeros(9, dtype: ScalarType.Float64)));
        Assert.Throws<ArgumentException>(() => a.Plus(SymmetricOperator.Of(eye(8, dtype: ScalarType.Float64))));
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var a = SymmetricOperator.Of(Symmetric(1));
        var (P, rows) = (ones(9, dtype: ScalarType.Float64), Networks.Uniform(4, 2, 9));
        Live.AssertUnchanged(() =>
        {
            using var inner = NewDisposeScope();
            a.Preconditioned(P).Plus(a.Shifted(1)).Scaled(2).Restricted((0, 9)).Times(rows);
        });
    }

    private static Tensor Symmetric(ulong seed)
    {
        var matrix = Networks.Uniform(seed, 9, 9);
        return matrix + matrix.t();
    }

    private static void Same(Tensor dense, SymmetricOperator derived)
    {
        var rows = eye(derived.Dimension, dtype: ScalarType.Float64);
        Assert.InRange((derived.Times(rows) - dense).abs().max().ToDouble(), 0, 1e-13);
    }
}
