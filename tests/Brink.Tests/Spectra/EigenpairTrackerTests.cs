using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

public class EigenpairTrackerTests
{
    /// <summary>Symmetric matrices by their spectra, one row for each difficult case.</summary>
    public static TheoryData<string> Spectra =>
    [
        "dense small", "dimension one", "zero", "zero large", "identity large", "decaying", "clustered", "degenerate top",
        "large negative curvature", "all negative", "one spike",
    ];

    [Theory, MemberData(nameof(Spectra))]
    public void Values_and_vectors_agree_with_eigh(string name)
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix(name);
        var n = (int)matrix.shape[0];
        using var tracker = new EigenpairTracker(new(2, 1e-9, Guards: 1));
        var pairs = tracker.Track(SymmetricOperator.Of(matrix));
        var exact = linalg.eigvalsh(matrix).flip(0).data<double>().ToArray();
        var scale = Math.Max(exact.Max(Math.Abs), 1e-300);
        Assert.True(pairs.Converged);
        Assert.Equal(Math.Min(3, n), pairs.Values.Count);
        for (var i = 0; i < Math.Min(2, n); i++) Assert.Equal(exact[i], pairs.Values[i], 1e-9 * scale);
        // The reported residuals are the true ones, and within the tolerance.
        for (var i = 0; i < pairs.Values.Count; i++)
        {
            var v = pairs.Vectors[i];
            var residual = (matrix.mv(v) - (pairs.Values[i] * v)).norm().ToDouble();
            Assert.Equal(residual, pairs.Residuals[i], 1e-12 * scale);
            if (i < 2) Assert.InRange(residual, 0, Math.Max(1e-9 * Math.Abs(pairs.Values[i]), 1e-13 * scale));
        }
        var gram = pairs.Vectors.mm(pairs.Vectors.t());
        Assert.InRange((gram - eye(gram.shape[0], dtype: ScalarType.Float64)).abs().max().ToDouble(), 0, 1e-12);
    }

    /// <summary>The matrices that are too large to be formed densely each time.</summary>
    public static TheoryData<string> Large => [.. Spectra.Select(row => row.Data).Where(name => Matrix(name).shape[0] > 32)];

    [Theory, MemberData(nameof(Large))]
    public void A_warm_start_on_the_same_matrix_costs_almost_nothing(string name)
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix(name);
        using var tracker = new EigenpairTracker(new(1, 1e-6));
        var cold = tracker.Track(SymmetricOperator.Of(matrix)).Values[0];
        var warm = tracker.Track(SymmetricOperator.Of(matrix));
        Assert.InRange(warm.Products, 1, 4);
        Assert.Equal(cold, warm.Values[0], 1e-10 * Math.Max(1, Math.Abs(cold)));
    }

    [Fact]
    public void A_request_for_more_pairs_than_dimensions_gives_all_pairs()
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(10, 1e-8));
        var pairs = tracker.Track(SymmetricOperator.Of(Matrix("dense small")));
        Assert.Equal(6, pairs.Values.Count);
        Assert.True(pairs.Converged);
    }

    [Fact]
    public void Crossing_eigenvalues_are_followed_by_value_and_the_top_is_never_missed()
    {
        // Two eigenvalues cross during 40 steps in a slowly rotating frame.
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-7));
        for (var t = 0; t <= 40; t++)
        {
            using var inner = NewDisposeScope();
            var spectrum = Decaying(60);
            (spectrum[0], spectrum[1]) = (10 + (0.05 * t), 12 - (0.05 * t));
            var matrix = Matrices.WithSpectrum(spectrum, turn: 0.01 * t);
            var pairs = tracker.Track(SymmetricOperator.Of(matrix));
            Assert.True(pairs.Converged);
            Assert.Equal(Math.Max(spectrum[0], spectrum[1]), pairs.Values[0], 1e-9);
            Assert.Equal(Math.Min(spectrum[0], spectrum[1]), pairs.Values[1], 0.2);
        }
    }

    [Fact]
    public void An_eigenvalue_that_emerges_outside_the_span_of_exact_eigenvectors_is_found_before_it_crosses()
    {
        // Diagonal: the warm vectors are exact at every step, so that no residual indicates the last
        // coordinate, which rises.
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-8));
        for (var t = 0; t <= 60; t++)
        {
            using var inner = NewDisposeScope();
            var spectrum = Decaying(60);
            spectrum[59] = 0.2 * t;
            var pairs = tracker.Track(SymmetricOperator.Of(diag(tensor(spectrum))));
            Assert.Equal(spectrum.Max(), pairs.Values[0], 1e-7);
        }
    }

    [Fact]
    public void The_tolerance_does_not_depend_on_the_dimension()
    {
        using var scope = NewDisposeScope();
        foreach (var n in new[] { 50, 5_000, 500_000 })
        {
            using var inner = NewDisposeScope();
            var spectrum = arange(1, n + 1, dtype: ScalarType.Float64).reciprocal();
            var diagonal = new SymmetricOperator(n, ScalarType.Float64, rows => rows * spectrum);
            using var tracker = new EigenpairTracker(new(1, 1e-6));
            var pairs = tracker.Track(diagonal);
            var v = pairs.Vectors[0];
            Assert.True(pairs.Converged);
            Assert.InRange(((v * spectrum) - (pairs.Values[0] * v)).norm().ToDouble(), 0, 1e-6);
            Assert.Equal(1.0, pairs.Values[0], 1e-11);   // quadratic in the residual
        }
    }

    [Fact]
    public void The_tracker_reports_missing_convergence()
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-12, MaxProducts: 5));
        var pairs = tracker.Track(SymmetricOperator.Of(Matrix("clustered")));
        Assert.False(pairs.Converged);
        Assert.InRange(pairs.Products, 2, 7);
        Assert.InRange(pairs.Residuals[0], 1e-12, double.MaxValue);
    }

    [Fact]
    public void A_product_that_is_not_finite_gives_NaN_not_a_crash()
    {
        using var scope = NewDisposeScope();
        var broken = new SymmetricOperator(50, ScalarType.Float64, rows => rows * double.NaN);
        using var tracker = new EigenpairTracker(new(1, 1e-6));
        var pairs = tracker.Track(broken);
        Assert.False(pairs.Converged);
        Assert.True(double.IsNaN(pairs.Values[0]));
        // The next call starts from random vectors.
        Assert.True(tracker.Track(SymmetricOperator.Of(Matrix("decaying"))).Converged);
    }

    [Fact]
    public void Float32_converges_up_to_its_rounding_error()
    {
        using var scope = NewDisposeScope();
        var matrix = Matrix("decaying").to(ScalarType.Float32);
        using var tracker = new EigenpairTracker(new(1, 1e-4));
        var pairs = tracker.Track(SymmetricOperator.Of(matrix));
        Assert.True(pairs.Converged);
        Assert.Equal(Decaying(60)[0], pairs.Values[0], 1e-5);
    }

    [Fact]
    public void Signs_are_consistent_with_the_previous_vectors()
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-9));
        var first = tracker.Track(SymmetricOperator.Of(Matrices.WithSpectrum(Decaying(60)))).Vectors[0].clone();
        var second = tracker.Track(SymmetricOperator.Of(Matrices.WithSpectrum(Decaying(60), turn: 0.02))).Vectors[0];
        Assert.InRange(first.dot(second).ToDouble(), 0.9, 1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrix("decaying"));
        using var one = new EigenpairTracker(new(1, 1e-6, Seed: 5));
        using var two = new EigenpairTracker(new(1, 1e-6, Seed: 5));
        using var other = new EigenpairTracker(new(1, 1e-6, Seed: 6));
        double[] vectors = [.. one.Track(matrix).Vectors.data<double>()];
        Assert.Equal(vectors, two.Track(matrix).Vectors.data<double>().ToArray());
        Assert.NotEqual(vectors, other.Track(matrix).Vectors.data<double>().ToArray());
    }

    [Fact]
    public void The_sharpness_of_a_network_equals_that_of_its_dense_Hessian()
    {
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        using var expansion = objective.ExpandAt(theta);
        using var tracker = new EigenpairTracker(new(3, 1e-8));
        var pairs = tracker.Track(expansion.Hessian());
        var exact = linalg.eigvalsh(Networks.DifferencedHessian(objective, theta)).flip(0).data<double>().ToArray();
        for (var i = 0; i < 3; i++) Assert.Equal(exact[i], pairs.Values[i], 1e-7);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var matrix = SymmetricOperator.Of(Matrix("clustered"));
        Live.AssertUnchanged(() =>
        {
            using var tracker = new EigenpairTracker(new(2, 1e-9));
            tracker.Track(matrix);
            tracker.Track(matrix);
        });
    }

    private static double[] Decaying(int n) => [.. Enumerable.Range(0, n).Select(i => 8.0 / (i + 1))];

    private static Tensor Matrix(string name) => name switch
    {
        "dense small" => Matrices.WithSpectrum([5, 3, 1, 0, -2, -7]),
        "dimension one" => tensor(new[,] { { -3.0 } }),
        "zero" => zeros(4, 4, dtype: ScalarType.Float64),
        "zero large" => zeros(60, 60, dtype: ScalarType.Float64),
        "identity large" => eye(60, dtype: ScalarType.Float64),
        "decaying" => Matrices.WithSpectrum(Decaying(60)),
        "clustered" => Matrices.WithSpectrum([.. Enumerable.Range(0, 100).Select(i => i < 6 ? 10 - (1e-3 * i) : 5.0 / i)]),
        "degenerate top" => Matrices.WithSpectrum([7, 7, 7, .. Decaying(60).Select(value => value / 4)]),
        "large negative curvature" => Matrices.WithSpectrum([4, 2, .. Decaying(60).Select(value => -100 * value)]),
        "all negative" => Matrices.WithSpectrum([.. Decaying(60).Select(value => -1 - value)]),
        "one spike" => Matrices.WithSpectrum([1000, .. Enumerable.Range(0, 80).Select(i => Math.Cos(i))]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    [Theory]
    [InlineData(ScalarType.Float64, 1e-9)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void A_block_that_is_not_orthonormal_is_detected_and_orthonormalised_again(ScalarType precision, double accuracy)
    {
        using var scope = NewDisposeScope();
        var matrix = Matrices.WithSpectrum([.. Enumerable.Range(0, 80).Select(i => 10 * Math.Pow(0.8, i))]).to(precision);
        var A = SymmetricOperator.Of(matrix);
        var row = Orthonormal.Complement(Networks.Uniform(3, 2, 80).to(precision));
        // The second row almost equals the first, and both are too long: their Rayleigh quotients are about twice too large.
        var oblique = stack([1.5 * row[0], (1.5 * row[0]) + (0.1 * row[1])]);
        Assert.False(Orthonormal.IsOrthonormal(oblique));
        var parameters = new EigenpairParameters(2, accuracy);
        using var state = new TrackerCall(parameters, A, null).NextFrom(oblique.clone());
        var pairs = state.Pairs;
        Assert.Equal(1, pairs.Repairs);
        Assert.True(pairs.Converged);
        for (var i = 0; i < 2; i++) Assert.Equal(10 * Math.Pow(0.8, i), pairs.Values[i], 10 * accuracy);
        Assert.True(Orthonormal.IsOrthonormal(pairs.Vectors));

        // Orthonormal rows are left unchanged.
        using var usual = new TrackerCall(parameters, A, null).NextFrom(row.clone());
        Assert.Equal(0, usual.Pairs.Repairs);
        using var tracked = new TrackerCall(parameters, A, state).Next();
        Assert.Equal(0, tracked.Pairs.Repairs);
    }
}
