using Brink.Algebra;
using Brink.Optimizers.SaddleEscape;
using Brink.Tests.Spectra;

namespace Brink.Tests.Optimizers.SaddleEscape;

/// <summary>The cubic model's global minimum, compared with searches that do not use its theory, and with
/// its optimality conditions.</summary>
public class CubicModelTests
{
    /// <summary>Matrix, gradient and M in the plane: definite, indefinite, negative, zero gradient, the hard
    /// case, and close to it.</summary>
    public static TheoryData<double[], double[], double> Plane => new()
    {
        { [2, 0.5, 0.5, 1], [1, -2], 1 },
        { [2, 0.5, 0.5, -1], [0.3, 0.2], 2 },
        { [-1, 0.3, 0.3, -3], [5, 1], 0.5 },
        { [1, 0, 0, -2], [0, 0], 1.5 },
        { [1, 0, 0, -2], [0.5, 0], 1.5 },
        { [1, 0, 0, -2], [0.5, 1e-13], 1.5 },
        { [1, 0, 0, -2], [20, 0], 1.5 },
        { [1, 0, 0, 3], [0, 0], 1 },
        { [0, 0, 0, 0], [1e-6, 0], 4 },
        { [-1, 0, 0, -1], [0.2, -0.1], 1 },
        { [1e3, 0, 0, -1e-3], [1, 1e-5], 1e-2 },
    };

    [Theory, MemberData(nameof(Plane))]
    public void In_the_plane_no_step_has_a_lower_model_value_than_the_minimizer(double[] matrix, double[] gradient, double M)
    {
        using var scope = NewDisposeScope();
        var model = new CubicModel(SymmetricOperator.Of(tensor(matrix, [2, 2])), tensor(gradient), M);
        var exact = model.Minimize();
        var lowest = LowestInPlane(matrix, gradient, M);
        Assert.Equal(lowest, -exact.Decrease, 1e-10 * Math.Max(1, Math.Abs(lowest)));
        Assert.Equal(lowest, Value(model, exact.H), 1e-10 * Math.Max(1, Math.Abs(lowest)));
        var krylov = new KrylovCubicSolver(1e-13, 1e-13).Minimize(model, tensor([0.6, -0.8]));
        Assert.Equal(lowest, Value(model, krylov.H), 1e-10 * Math.Max(1, Math.Abs(lowest)));
    }

    [Theory]
    [InlineData(2, -3, 1)]
    [InlineData(-2, -3, 0.5)]
    [InlineData(-2, 0, 0.5)]
    [InlineData(0, 4, 7)]
    public void On_a_line_the_minimizer_of_the_model_is_the_root_of_a_quadratic(double b, double g, double M)
    {
        using var scope = NewDisposeScope();
        var step = new CubicModel(SymmetricOperator.Of(tensor(new[,] { { b } })), tensor([g]), M).Minimize();
        var length = (-b + Math.Sqrt((b * b) + (2 * M * Math.Abs(g)))) / M;
        Assert.Equal(length, Math.Abs(step.H.ToDouble()), 1e-12);
        if (g != 0) Assert.Equal(-Math.Sign(g), Math.Sign(step.H.ToDouble()));
    }

    /// <summary>Spectra of 12 numbers; a gradient with or without part along the lowest
    /// eigenvector.</summary>
    public static TheoryData<string, bool> Instances =>
        new((from spectrum in new[] { "definite", "indefinite", "negative", "clustered", "zero" }
             from hard in new[] { false, true }
             select (spectrum, hard)).ToArray());

    [Theory, MemberData(nameof(Instances))]
    public void Exact_steps_meet_the_optimality_conditions(string kind, bool hard)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var scope = NewDisposeScope();
            var (B, g) = Instance(Spectrum(kind, 12), hard, seed);
            var model = new CubicModel(SymmetricOperator.Of(B), g, 0.7);
            AssertOptimal(B, model, model.Minimize(), 1e-9);
        }
    }

    [Theory]
    [InlineData("definite", false)]
    [InlineData("indefinite", false)]
    [InlineData("indefinite", true)]
    [InlineData("negative", true)]
    [InlineData("clustered", false)]
    public void Krylov_steps_in_500_dimensions_meet_the_optimality_conditions(string kind, bool hard)
    {
        using var scope = NewDisposeScope();
        var (B, g) = Instance(Spectrum(kind, 500), hard, 3);
        var model = new CubicModel(SymmetricOperator.Of(B), g, 0.7);
        using var generator = new Generator(5, CPU);
        var step =
            new KrylovCubicSolver(1e-9, 1e-5, MaxBasis: 400).Minimize(model, randn(500, dtype: ScalarType.Float64, generator: generator));
        Assert.True(step.Converged);
        Assert.InRange(step.Products, 2, 400);
        AssertOptimal(B, model, step, 1e-8, curvature: 1e-5);
        Assert.Equal(model.Minimize().Decrease, step.Decrease, 1e-7 * step.Decrease);
    }

    [Fact]
    public void At_an_exact_saddle_in_many_dimensions_the_random_row_finds_a_descent_direction()
    {
        using var scope = NewDisposeScope();
        var spectrum = Spectrum("definite", 300);
        spectrum[17] = -0.2;
        var B = Matrices.WithSpectrum(spectrum);
        var model = new CubicModel(SymmetricOperator.Of(B), zeros(300, dtype: ScalarType.Float64), 2);
        using var generator = new Generator(5, CPU);
        var step = new KrylovCubicSolver(1e-8, 1e-6).Minimize(model, randn(300, dtype: ScalarType.Float64, generator: generator));
        // ||h|| = 2 |lambda_min|/M, m(h) = -(2/3) |lambda_min|^3/M^2.
        Assert.Equal(0.2, step.H.norm().ToDouble(), 1e-6);
        Assert.Equal(2.0 / 3 * 0.008 / 4, step.Decrease, 1e-8);
    }

    [Fact]
    public void A_non_finite_product_gives_a_non_finite_step()
    {
        using var scope = NewDisposeScope();
        var model =
            new CubicModel(SymmetricOperator.Of(full(3, 3, double.NaN, dtype: ScalarType.Float64)), ones(3, dtype: ScalarType.Float64), 1);
        Assert.True(double.IsNaN(model.Minimize().Decrease));
        Assert.True(new KrylovCubicSolver(1e-6, 1e-6).Minimize(model, ones(3, dtype: ScalarType.Float64)).H.isnan().all().ToBoolean());
        Assert.Throws<InvalidOperationException>(() => (model with { M = 0 }).Minimize());
    }

    [Fact]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (B, g) = Instance(Spectrum("indefinite", 40), hard: false, 1);
        var model = new CubicModel(SymmetricOperator.Of(B), g, 1);
        Live.AssertUnchanged(() => model.Minimize().Dispose());
        Live.AssertUnchanged(() => new KrylovCubicSolver(1e-8, 1e-4).Minimize(model, g).Dispose());
    }

    private static void AssertOptimal(Tensor B, CubicModel model, CubicStep step, double tolerance, double curvature = 1e-9)
    {
        var length = step.H.norm().ToDouble();
        Assert.Equal(step.Multiplier, model.M / 2 * length, 1e-9 * Math.Max(1, step.Multiplier));
        var residual = B.mv(step.H) + (step.Multiplier * step.H) + model.Gradient;
        Assert.InRange(residual.norm().ToDouble(), 0, tolerance);
        var lowest = linalg.eigvalsh(B)[0].ToDouble();
        Assert.InRange(lowest + step.Multiplier, -curvature, double.PositiveInfinity);
        Assert.Equal(-Value(model, step.H), step.Decrease, 1e-9 * Math.Max(1, step.Decrease));
    }

    private static (Tensor B, Tensor G) Instance(double[] spectrum, bool hard, int seed)
    {
        var B = Matrices.WithSpectrum(spectrum);
        using var generator = new Generator((ulong)seed, CPU);
        var g = 0.3 * randn(spectrum.Length, dtype: ScalarType.Float64, generator: generator);
        if (hard)
        {
            var lowest = linalg.eigh(B).Item2.t()[0];
            g = 0.01 * (g - (lowest * lowest.dot(g)));
        }
        return (B, g);
    }

    private static double[] Spectrum(string kind, int n) => [.. Enumerable.Range(0, n).Select(i => kind switch
    {
        "definite" => 0.5 + (3.0 * i / n),
        "indefinite" => -1 + (4.0 * i / n),
        "negative" => -2 - (1.0 * i / n),
        "clustered" => i < n / 2 ? -0.5 : 2,
        _ => 0,
    })];

    private static double Value(CubicModel model, Tensor h)
    {
        using var scope = NewDisposeScope();
        var square = h.square().sum().ToDouble();
        return model.Gradient.dot(h).ToDouble()
            + (h.dot(model.B.Times(h.unsqueeze(0))[0]).ToDouble() / 2)
            + (model.M / 6 * square * Math.Sqrt(square));
    }

    /// <summary>Along each direction the best length is the root of a quadratic; directions are
    /// searched.</summary>
    private static double LowestInPlane(double[] matrix, double[] g, double M)
    {
        const int Directions = 20000;
        var best = Enumerable.Range(0, Directions).MinBy(i => Along(2 * Math.PI * i / Directions));
        var (low, high) = (2 * Math.PI * (best - 1) / Directions, 2 * Math.PI * (best + 1) / Directions);
        for (var i = 0; i < 200; i++)
        {
            var (a, b) = (low + ((high - low) / 3), high - ((high - low) / 3));
            (low, high) = Along(a) < Along(b) ? (low, b) : (a, high);
        }
        return Along((low + high) / 2);

        double Along(double angle)
        {
            var (x, y) = (Math.Cos(angle), Math.Sin(angle));
            var slope = (g[0] * x) + (g[1] * y);
            var curvature = (matrix[0] * x * x) + (2 * matrix[1] * x * y) + (matrix[3] * y * y);
            var inside = (curvature * curvature) - (2 * M * slope);
            if (inside < 0) return 0;
            var r = Math.Max(0, (-curvature + Math.Sqrt(inside)) / M);
            return (slope * r) + (curvature / 2 * r * r) + (M / 6 * r * r * r);
        }
    }
}
