using Brink.Algebra;

namespace Brink.Tests.Algebra;

public class OrthonormalTests
{
    [Fact]
    public void Complement_is_orthonormal_and_orthogonal_to_the_basis_even_for_nearly_dependent_rows()
    {
        using var scope = NewDisposeScope();
        var basis = Orthonormal.Complement(Networks.Uniform(1, 4, 50));
        // Rows in the span of the basis up to 1e-8: one pass of Gram-Schmidt leaves them oblique.
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
    public void Projecting_out_a_subspace_removes_it_completely()
    {
        using var scope = NewDisposeScope();
        var basis = Orthonormal.Complement(Networks.Uniform(1, 4, 30));
        var rows = Networks.Uniform(2, 3, 30);
        var projected = Orthonormal.ProjectOut(rows, basis);
        Assert.InRange(projected.mm(basis.t()).abs().max().ToDouble(), 0, 1e-14);
        Assert.InRange((rows - projected - rows.mm(basis.t()).mm(basis)).abs().max().ToDouble(), 0, 1e-14);
        Assert.InRange((Orthonormal.ProjectOut(rows[1], basis) - projected[1]).abs().max().ToDouble(), 0, 1e-14);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 3)]   // one row more than before
    [InlineData(2, 3)]   // one row less than before
    public void An_aligned_basis_has_the_same_span_and_undoes_a_rotation(int k, int before)
    {
        using var scope = NewDisposeScope();
        var common = Math.Min(k, before);
        var to = Orthonormal.Complement(Networks.Uniform(1, before, 30));
        var more = Orthonormal.Complement(Networks.Uniform(3, Math.Max(k, before), 30), to);
        var same = cat([to.narrow(0, 0, common), more.narrow(0, 0, k - common)]);
        var (rotation, _) = linalg.qr(Networks.Uniform(2, k, k));
        var aligned = Orthonormal.Aligned(rotation.mm(same), to);
        Assert.InRange((aligned.narrow(0, 0, common) - to.narrow(0, 0, common)).abs().max().ToDouble(), 0, 1e-13);
        Assert.InRange((aligned.t().mm(aligned) - same.t().mm(same)).abs().max().ToDouble(), 0, 1e-13);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var (rows, basis) = (Networks.Uniform(1, 3, 20), Orthonormal.Complement(Networks.Uniform(2, 3, 20)));
        Live.AssertUnchanged(() => Orthonormal.Complement(rows, basis).Dispose());
        var v = rows[0];
        Live.AssertUnchanged(() => Orthonormal.ProjectOut(v, basis).Dispose());
        Live.AssertUnchanged(() => Orthonormal.Aligned(basis, rows).Dispose());
    }
}
