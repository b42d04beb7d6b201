using Brink.Algebra;

namespace Brink.Tests.Algebra;

public class OrthonormalTests
{
    [Fact]
    public void Complement_is_orthonormal_and_orthogonal_to_the_basis_even_for_nearly_dependent_rows()
    {
        using var scope = NewDisposeScope();
        var basis = Orthonormal.Complement(Networks.Uniform(1, 4, 50));
        // Rows that lie in the basis but for 1e-8: one pass of Gram-Schmidt leaves them oblique.
        var rows = Networks.Uniform(2, 3, 4).mm(basis) + (1e-8 * Networks.Uniform(3, 3, 50));
        var added = Orthonormal.Complement(rows, basis);
        Assert.Equal([3, 50], added.shape);
        var all = cat([basis, added]);
        Assert.InRange((all.mm(all.t()) - eye(7, dtype: ScalarType.Float64)).abs().max().ToDouble(), 0, 1e-14);
    }

    [Fact]
    public void Dependent_zero_and_infinite_rows_are_dropped()
    {
        using var scope = NewDisposeScope();
        var row = Networks.Uniform(1, 1, 20);
        var rows = cat([row, 2 * row, zeros(1, 20, dtype: ScalarType.Float64), row / 0.0]);
        Assert.Equal([1, 20], Orthonormal.Complement(rows).shape);
        Assert.Equal([0, 20], Orthonormal.Complement(row, Orthonormal.Complement(row)).shape);
    }

    [Fact]
    public void Nothing_stays_in_memory()
    {
        using var scope = NewDisposeScope();
        var (rows, basis) = (Networks.Uniform(1, 3, 20), Orthonormal.Complement(Networks.Uniform(2, 3, 20)));
        Live.AssertUnchanged(() => Orthonormal.Complement(rows, basis).Dispose());
        var (v, u) = (rows[0], basis[0]);
        Live.AssertUnchanged(() => Orthonormal.Reject(v, u).Dispose());
    }
}
