using Brink.Algebra;

namespace Brink.Tests.Algebra;

public class ConeProblemTests
{
    public static TheoryData<int, int, ulong> Instances
    {
        get
        {
            var data = new TheoryData<int, int, ulong>();
            for (var k = 1; k <= 10; k++)
                for (var rank = 0; rank <= k; rank += Math.Max(1, k / 3))
                    data.Add(k, rank, (ulong)((100 * k) + rank));
            return data;
        }
    }

    [Theory, MemberData(nameof(Instances))]
    public void A_known_solution_is_found(int k, int rank, ulong seed)
    {
        // X and the slack S share eigenvectors and no range; then A = S - B[X] has them as its solution.
        using var scope = NewDisposeScope();
        var m = SymmetricVector.Length(k);
        var (X, S) = Complementary(k, rank, k, seed);
        var G = Networks.Uniform(seed + 1, m, 3 * m);
        var B = G.mm(G.t());
        var A = S - SymmetricVector.Matrix(B.mv(SymmetricVector.Of(X)));
        var solution = new ConeProblem(A, B).Solve();
        Assert.InRange(solution.Residual, 0, 1e-10);
        Assert.InRange((solution.X - X).norm().ToDouble(), 0, 1e-7 * Math.Max(1, X.norm().ToDouble()));
        AssertConditions(A, B, solution.X);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(6, 3)]
    [InlineData(10, 4)]
    public void The_displacement_is_unique_even_if_the_multipliers_are_not(int k, int rank)
    {
        // Fewer dimensions than entries: B is singular, and X is not determined; d = -G^T X is.
        using var scope = NewDisposeScope();
        var m = SymmetricVector.Length(k);
        var (X, S) = Complementary(k, rank, k, 7);
        var G = Networks.Uniform(8, m, m / 2);
        var B = G.mm(G.t());
        var A = S - SymmetricVector.Matrix(B.mv(SymmetricVector.Of(X)));
        var solution = new ConeProblem(A, B).Solve();
        AssertConditions(A, B, solution.X);
        var (move, known) = (G.t().mv(SymmetricVector.Of(solution.X)), G.t().mv(SymmetricVector.Of(X)));
        Assert.InRange((move - known).norm().ToDouble(), 0, 1e-6 * known.norm().ToDouble());
    }

    [Fact]
    public void Degenerate_directions_do_not_change_the_solution()
    {
        // Strict complementarity fails: along one eigenvector both X and the slack are 0.
        using var scope = NewDisposeScope();
        var (X, S) = Complementary(5, 2, 4, 11);
        var G = Networks.Uniform(12, 15, 40);
        var B = G.mm(G.t());
        var A = S - SymmetricVector.Matrix(B.mv(SymmetricVector.Of(X)));
        AssertConditions(A, B, new ConeProblem(A, B).Solve().X);
    }

    [Theory]
    [InlineData(1e-8)]
    [InlineData(1e8)]
    public void The_solution_does_not_depend_on_the_units(double scale)
    {
        using var scope = NewDisposeScope();
        var (X, S) = Complementary(4, 2, 4, 13);
        var G = Networks.Uniform(14, 10, 30);
        var B = G.mm(G.t());
        var A = S - SymmetricVector.Matrix(B.mv(SymmetricVector.Of(X)));
        var solution = new ConeProblem(A * scale, B * scale * scale).Solve();
        Assert.InRange(((scale * solution.X) - X).norm().ToDouble(), 0, 1e-7);
    }

    [Fact]
    public void Inactive_bounds_have_multipliers_of_exactly_zero()
    {
        using var scope = NewDisposeScope();
        var A = diag(tensor(new[] { 1.0, 2.0, 0.5 }));
        var B = eye(6, dtype: ScalarType.Float64);
        Assert.Equal(0, new ConeProblem(A, B).Solve().X.norm().ToDouble());
        var one = new ConeProblem(diag(tensor(new[] { -1.0, 2.0, 0.5 })), B).Solve().X;
        Assert.Equal(1, one[0, 0].ToDouble(), 1e-10);
        Assert.Equal(1, linalg.eigvalsh(one).gt(1e-12).sum().ToInt64());
    }

    [Fact]
    public void A_curvature_without_normals_has_no_solution() => Assert.True(double.IsPositiveInfinity(
        new ConeProblem(tensor(new[,] { { -1.0 } }), zeros(1, 1, dtype: ScalarType.Float64)).Solve().Residual));

    [Theory]
    [InlineData(3, 1e-12)]
    [InlineData(5, 1e-6)]
    [InlineData(10, 1e-3)]
    [InlineData(10, 1e-9)]
    public void An_infeasible_problem_is_reported_without_an_exception(int k, double scale)
    {
        // One normal that lowers a single entry off the diagonal: no combination makes -I + ... positive semidefinite.
        using var scope = NewDisposeScope();
        var m = SymmetricVector.Length(k);
        var normal = zeros(m, dtype: ScalarType.Float64);
        normal[1] = 1;
        var noise = Networks.Uniform(3, m, 2);
        var B = normal.outer(normal) + (scale * noise.mm(noise.t()));
        var A = -eye(k, dtype: ScalarType.Float64) * 1e3;
        Assert.False(new ConeProblem(A, B).Solve().Residual <= 1e-6);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Non_finite_input_gives_no_solution_and_no_exception(double value)
    {
        using var scope = NewDisposeScope();
        var (A, B) = (-eye(2, dtype: ScalarType.Float64), eye(3, dtype: ScalarType.Float64));
        Assert.True(double.IsNaN(new ConeProblem(A * value, B).Solve().Residual));
        Assert.True(double.IsNaN(new ConeProblem(A, B * value).Solve().Residual));
    }

    [Fact]
    public void Vectors_of_symmetric_matrices_preserve_inner_products()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Networks.Uniform(1, 4, 4), Networks.Uniform(2, 4, 4));
        (a, b) = (a + a.t(), b + b.t());
        Assert.Equal((a * b).sum().ToDouble(), SymmetricVector.Of(a).dot(SymmetricVector.Of(b)).ToDouble(), 1e-12);
        Assert.Equal(0, (SymmetricVector.Matrix(SymmetricVector.Of(a)) - a).norm().ToDouble(), 1e-14);
    }

    /// <summary>X of the given rank and S with S X = 0, whose ranges together have the given dimension.</summary>
    private static (Tensor X, Tensor S) Complementary(int k, int rank, int together, ulong seed)
    {
        var (basis, _) = linalg.qr(Networks.Uniform(seed, k, k));
        var values = Networks.Uniform(seed + 50, k).abs() + 0.1;
        var held = basis.narrow(1, 0, rank);
        var free = basis.narrow(1, rank, together - rank);
        return ((held * values.narrow(0, 0, rank)).mm(held.t()), (free * values.narrow(0, rank, together - rank)).mm(free.t()));
    }

    private static void AssertConditions(Tensor A, Tensor B, Tensor X)
    {
        var slack = A + SymmetricVector.Matrix(B.mv(SymmetricVector.Of(X)));
        var scale = A.norm().ToDouble();
        Assert.InRange(linalg.eigvalsh(X).min().ToDouble(), -1e-10 * Math.Max(1, X.norm().ToDouble()), double.MaxValue);
        Assert.InRange(linalg.eigvalsh(slack).min().ToDouble(), -1e-10 * scale, double.MaxValue);
        Assert.InRange((X * slack).sum().abs().ToDouble(), 0, 1e-9 * scale);
    }
}
