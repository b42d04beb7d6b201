using System.Numerics;
using Brink.Games;
using Brink.Spectra;

namespace Brink.Tests.Games;

public class GameSpectrumTests
{
    [Theory]
    [InlineData(1, 1, 10, -10, FixedPointKind.Stable, true)]     // 1 +- 10i
    [InlineData(2, 1, 0, 0, FixedPointKind.Stable, false)]
    [InlineData(1, -1, 0, 0, FixedPointKind.Saddle, false)]
    [InlineData(1, 1, 2, 2, FixedPointKind.Saddle, false)]       // 3, -1
    [InlineData(-1, -1, 1, -1, FixedPointKind.Unstable, true)]
    [InlineData(0, 0, 1, -1, FixedPointKind.Neutral, true)]
    [InlineData(1, 0, 0, 0, FixedPointKind.Neutral, false)]
    public void A_fixed_point_is_classified_by_its_eigenvalues(
        double a0, double a1, double a2, double a3, FixedPointKind kind, bool rotates)
    {
        using var scope = NewDisposeScope();
        var spectrum = GameSpectrum.Of(tensor(new[,] { { a0, a2 }, { a3, a1 } }));
        Assert.Equal((kind, rotates), (spectrum.Kind, spectrum.Rotates));
        // The characteristic polynomial: sum and product.
        var (sum, product) = (spectrum.Eigenvalues[0] + spectrum.Eigenvalues[1], spectrum.Eigenvalues[0] * spectrum.Eigenvalues[1]);
        Assert.Equal(0, (sum - (a0 + a1)).Magnitude, 1e-12);
        Assert.Equal(0, (product - ((a0 * a1) - (a2 * a3))).Magnitude, 1e-10);
    }

    [Theory]
    [InlineData(1, 1, 10, -10)]
    [InlineData(2, 0.3, 0.1, 0.2)]
    [InlineData(0.5, 1.5, -1, 2)]
    public void Descent_contracts_below_the_largest_stable_step_and_grows_above_it(double a0, double a1, double a2, double a3)
    {
        using var scope = NewDisposeScope();
        var game = QuadraticGames.TwoPlayers(tensor(new[] { a0, a1, a2, a3, 0.0, 0.0 }).unsqueeze(0));
        var step = GameSpectrum.At(game, zeros(1, 2, dtype: ScalarType.Float64)).LargestStableStep;
        var before = Math.Sqrt(2);
        Assert.InRange(Norm(0.98 * step), 0, before / 2);
        Assert.InRange(Norm(1.02 * step), 2 * before, double.MaxValue);

        double Norm(double eta)
        {
            IGameSolver solver = new SimultaneousDescent(eta);
            var state = solver.Start(game, ones(1, 2, dtype: ScalarType.Float64));
            for (var i = 0; i < 3000; i++) state = solver.Step(game, state);
            return state.W.norm().ToDouble();
        }
    }

    [Fact]
    public void A_circulant_matrix_has_the_roots_of_unity()
    {
        using var scope = NewDisposeScope();
        const int n = 12;
        var shift = eye(n, dtype: ScalarType.Float64).roll(1, 0);
        var expected = Enumerable.Range(0, n).Select(k => Complex.FromPolarCoordinates(1, 2 * Math.PI * k / n)).ToArray();
        Matches(expected, GameSpectrum.Of(shift).Eigenvalues, 1e-12);
        var arnoldi = new Arnoldi(n, 1e-12).Solve(new(n, ScalarType.Float64, shift.mv));
        Matches(expected, arnoldi.Converged, 1e-12);
    }

    [Fact]
    public void Arnoldi_finds_the_outer_eigenvalues_of_a_large_matrix()
    {
        using var scope = NewDisposeScope();
        const int n = 400;
        using var generator = new Generator(3, CPU);
        // Eigenvalues inside the unit disc, and four outside of it in another basis.
        var inside = randn(n, n, dtype: ScalarType.Float64, generator: generator) / Math.Sqrt(n);
        var blocks = zeros(n, n, dtype: ScalarType.Float64);
        var outside = new Complex[] { new(3, 1), new(3, -1), new(-2.5, 0), new(4, 0) };
        blocks.narrow(0, 0, 2).narrow(1, 0, 2).copy_(tensor(new double[,] { { 3, 1 }, { -1, 3 } }));
        blocks[2, 2] = -2.5;
        blocks[3, 3] = 4;
        blocks.narrow(0, 4, n - 4).narrow(1, 4, n - 4).copy_(inside.narrow(0, 4, n - 4).narrow(1, 4, n - 4));
        var basis = eye(n, dtype: ScalarType.Float64) + (inside / 4);
        var A = basis.mm(blocks).mm(linalg.inv(basis));
        var ritz = new Arnoldi(80, 1e-8, Seed: 1).Solve(new(n, ScalarType.Float64, A.mv));
        Matches(outside, [.. ritz.Converged.Where(z => z.Magnitude > 1.5)], 1e-6);
        Assert.True(ritz.Converged.Count < 80);
    }

    [Fact]
    public void The_whole_spectrum_comes_from_as_many_products_as_there_are_dimensions_double_eigenvalues_included()
    {
        using var scope = NewDisposeScope();
        var diagonal = tensor(new double[] { 1, 1, 1, 2, 2, 5 });
        var ritz = new Arnoldi(6, 1e-10).Solve(new(6, ScalarType.Float64, v => v * diagonal));
        Matches([1, 1, 1, 2, 2, 5], ritz.Converged, 1e-10);
        Assert.Throws<InvalidOperationException>(() => new Arnoldi(6, 1e-10).Solve(new(6, ScalarType.Float64, v => v / 0)));
    }

    [Fact]
    public void The_spectrum_of_a_non_quadratic_game_equals_that_of_its_dense_Jacobian()
    {
        using var scope = NewDisposeScope();
        var (game, w) = (RandomGames.Curved(), RandomGames.Points(1, 3));
        const double h = 1e-5;
        var columns = Enumerable.Range(0, 3).Select(j =>
        {
            var e = h * eye(3, dtype: ScalarType.Float64)[j].unsqueeze(0);
            return ((game.Xi(w + e) - game.Xi(w - e)) / (2 * h)).squeeze(0);
        });
        GameTests.Close(stack([.. columns], 1), GameSpectrum.Jacobian(game, w), 1e-8);
        Matches(GameSpectrum.At(game, w).Eigenvalues, GameSpectrum.At(game, w, new Arnoldi(3, 1e-10)).Eigenvalues, 1e-9);
    }

    [Fact]
    public void Spectra_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (game, w) = (RandomGames.Curved(), RandomGames.Points(1, 3));
        Live.AssertUnchanged(() =>
        {
            GameSpectrum.At(game, w);
            GameSpectrum.At(game, w, new Arnoldi(3, 1e-10));
        });
    }

    private static void Matches(IReadOnlyList<Complex> expected, IReadOnlyList<Complex> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        var left = actual.ToList();
        foreach (var value in expected)
        {
            var nearest = left.MinBy(other => (other - value).Magnitude);
            Assert.Equal(0, (nearest - value).Magnitude, tolerance);
            left.Remove(nearest);
        }
    }
}
