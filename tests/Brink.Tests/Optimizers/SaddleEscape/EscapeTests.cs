using Brink.Dynamics;
using Brink.Objectives;
using Brink.Optimizers.SaddleEscape;

namespace Brink.Tests.Optimizers.SaddleEscape;

/// <summary>Perturbed SGD, cubic Newton and their zeroth-order twins: known rates, known moments, and their escape
/// from saddles.</summary>
public class EscapeTests
{
    private const double Epsilon = 0.05;

    private static readonly SaddleChain Chain = new(Epsilon);

    private static readonly ProblemConstants Constants = new(1, 1, 2, 0, 2, 10);

    [Fact]
    public void Cubic_Newton_converges_quadratically()
    {
        // sum_j e^x_j - x_j: its minimum is at 0, where only the first derivative vanishes.
        var f = new ClosedForm(
            3,
            x => x.Sum(a => Math.Exp(a) - a),
            x => Array.ConvertAll(x, a => Math.Exp(a) - 1),
            (x, v) => [.. x.Zip(v, (a, b) => Math.Exp(a) * b)]);
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var newton = new CubicNewton(new NoisyFunction(f, 1, 0), new(3, null, null, new(0, 0)), generator);
        var errors = new List<double>();
        Loop.Run(newton, tensor([0.5, -0.4, 0.3]), 8, [(_, state) =>
        {
            errors.Add(state.Theta.norm().ToDouble());
            return errors[^1] < 1e-9 ? "there" : null;
        }]);
        // Near the minimum the error after a step is about M/2 + 1/2 times the square of the error before, due to the cubic term.
        for (var i = 2; i < errors.Count - 1; i++) Assert.InRange(errors[i + 1] / (errors[i] * errors[i]), 0.3, 2.5);
        Assert.InRange(errors[^1], 0, 1e-9);
    }

    [Fact]
    public void On_a_slope_without_curvature_a_cubic_step_has_the_length_of_the_theory()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var newton =
            new CubicNewton(new NoisyFunction(Chain.Function(), 1, 0), CubicNewtonParameters.Deterministic(Constants, Epsilon), generator);
        var theta = zeros(10, dtype: ScalarType.Float64);
        theta[0] = 2.0;
        using var start = newton.Start(theta);
        using var next = newton.Step(start);
        // Slope 2 eps, no curvature, M = 1: sqrt(2 g/M), for a decrease of (2/3) g sqrt(2 g/M).
        Assert.Equal(Math.Sqrt(4 * Epsilon), (next.Theta - theta).norm().ToDouble(), 1e-10);
        Assert.Equal(2.0 / 3 * 2 * Epsilon * Math.Sqrt(4 * Epsilon), next.Decrease!.Value, 1e-10);
    }

    [Theory]
    [InlineData("perturbed", false)]
    [InlineData("perturbed", true)]
    [InlineData("cubic", false)]
    [InlineData("krylov", false)]
    public void From_the_exact_saddle_every_method_but_plain_SGD_reaches_a_certified_minimizer(string method, bool withCondition)
    {
        var parameters = PerturbedSgdParameters.UnderStrongGrowth(Constants, Epsilon);
        if (withCondition) parameters = parameters.WithNoiseCondition(Constants, Epsilon, 0.1);
        var cubic = CubicNewtonParameters.UnderStrongGrowth(Constants, Epsilon) with { ExactUpTo = method == "cubic" ? 16 : 0 };
        var steps = method == "perturbed"
            ? Steps(generator => new PerturbedSgd(Noisy(), parameters, generator), state => state.Theta, 3000)
            : Steps(generator => new CubicNewton(Noisy(), cubic, generator), state => state.Theta, 300);
        Assert.NotNull(steps);
        // Slopes of 2 eps take Delta/(4 eta eps^2) = 400 steps, cubic ones Delta sqrt(M)/(4 eps^(3/2)) = 45.
        Assert.InRange(steps.Value, method == "perturbed" ? 300 : 25, method == "perturbed" ? 1500 : 120);
        var quiet = parameters with { Radius = 0, NoiseCondition = null };
        Assert.Null(Steps(generator => new PerturbedSgd(Noisy(), quiet, generator), state => state.Theta, 3000));
    }

    [Fact]
    public void The_same_seed_makes_the_same_steps()
    {
        Assert.Equal(Last(7), Last(7));
        Assert.NotEqual(Last(7), Last(8));

        static double Last(ulong seed)
        {
            using var generator = new Generator(seed, CPU);
            var end = 0.0;
            using var scope = NewDisposeScope();
            Loop.Run(
                new CubicNewton(new GaussianSmoothing(Noisy(), 1e-3), new(1, 3, 40, new(1e-3, 1e-3), ExactUpTo: 0), generator),
                zeros(10, dtype: ScalarType.Float64), 3, [(_, state) => { end = state.Theta.sum().ToDouble(); return null; }]);
            return end;
        }
    }

    [Fact]
    public void The_noise_condition_allows_noise_only_at_small_gradients_and_once_per_window()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, CPU);
        var sgd = new PerturbedSgd(Noisy(), new(0.5, 2, 0.01, new NoiseCondition(0.05, 4)), generator);
        var noisy = new List<long>();
        Loop.Run(sgd, zeros(10, dtype: ScalarType.Float64), 11, [(_, state) =>
        {
            if (state.LastNoise is { } last && (noisy.Count == 0 || noisy[^1] != last)) noisy.Add(last);
            Assert.InRange(state.Theta.norm().ToDouble(), 0, state.Step == 1 ? 0.005 : 1);
            return null;
        }]);
        Assert.Equal([0, 5, 10], noisy);
    }

    [Fact]
    public void The_smoothed_gradient_has_the_moments_of_the_theory()
    {
        // Of a linear function the estimate is (g.u) u: mean g, second moment (p + 2) ||g||^2.
        double[] g = [0.5, -1, 2, 0, 0.3];
        var square = g.Sum(a => a * a);
        var linear = new ClosedForm(5, x => x.Zip(g, (a, b) => a * b).Sum(), _ => [.. g], (_, v) => new double[v.Length]);
        var (mean, second) = Moments(linear, [0, 0, 0, 0, 0], 1e-3);
        Assert.InRange(Distance(mean, g), 0, 4 * Math.Sqrt(7 * square / Samples));
        Assert.Equal(7 * square, second, 0.02 * 7 * square);

        // Of a quadratic one smoothing keeps the gradient; the second moment is at most 2 (p+4) ||g||^2 +
        // (nu^2/2) L^2 (p+6)^3.
        double[] h = [1, -2, 0.5, 3, -1], x = [1, 0.5, -1, 0.2, 0.4];
        var quadratic = new ClosedForm(
            5, y => y.Zip(h, (a, b) => b * a * a / 2).Sum(), y => [.. y.Zip(h, (a, b) => a * b)], (_, v) => [.. v.Zip(h, (a, b) => a * b)]);
        var gradient = quadratic.Gradient(x);
        var norm = gradient.Sum(a => a * a);
        (mean, second) = Moments(quadratic, x, 0.3);
        Assert.InRange(Distance(mean, gradient), 0, 4 * Math.Sqrt(second / Samples));
        // E||((g.u) + (nu/2) u.Hu) u||^2: the cross term is odd; the last is (nu^2/4) E (u.Hu)^2 ||u||^2 =
        // (nu^2/4) (p+4) ((tr H)^2 + 2 ||H||^2).
        var (trace, frobenius) = (h.Sum(), h.Sum(a => a * a));
        var exact = (7 * norm) + (0.3 * 0.3 / 4 * 9 * ((trace * trace) + (2 * frobenius)));
        Assert.Equal(exact, second, 0.05 * exact);
        Assert.InRange(second, 0, (2 * 9 * norm) + (0.3 * 0.3 / 2 * 9 * Math.Pow(11, 3)));
    }

    [Fact]
    public void The_smoothed_Hessian_is_unbiased_with_the_variance_that_the_batch_sizes_assume()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        double[] h = [1, -2, 0.5, 3, -1, 1];
        var quadratic = new ClosedForm(
            6, y => y.Zip(h, (a, b) => b * a * a / 2).Sum(), y => [.. y.Zip(h, (a, b) => a * b)], (_, v) => [.. v.Zip(h, (a, b) => a * b)]);
        const int N = 4000;
        var error = zeros(6, 6, dtype: ScalarType.Float64);
        var square = zeros(6, 6, dtype: ScalarType.Float64);
        const int Batches = 30;
        for (var i = 0; i < Batches; i++)
        {
            using var inner = NewDisposeScope();
            using var batch = new GaussianSmoothing(new NoisyFunction(quadratic, 1, 0), 1e-2).Draw(N, generator);
            var off = batch.Hessian(zeros(6, dtype: ScalarType.Float64)).Times(eye(6, dtype: ScalarType.Float64)) - diag(tensor(h));
            error.add_(off / Batches);
            square.add_(off.mm(off) / Batches);
        }
        // One sample: about (p/4) (tr^2 + 2 ||H||_F^2); directions of large curvature have several times
        // that.
        var (trace, frobenius) = (h.Sum(), h.Sum(a => a * a));
        var assumed = 6.0 / 4 * ((trace * trace) + (2 * frobenius)) / N;
        Assert.InRange(linalg.norm(square, 2).ToDouble() / assumed, 0.5, 8);
        Assert.InRange(linalg.norm(error, 2).ToDouble(), 0, 3 * Math.Sqrt(linalg.norm(square, 2).ToDouble() / Batches));
    }

    [Fact]
    public void Batch_sizes_follow_the_theory()
    {
        var constants = new ProblemConstants(2, 0.5, 3, 0.25, 1, 8);
        Assert.Equal(new(0.25, 3, 0.01), PerturbedSgdParameters.UnderStrongGrowth(constants, 0.01));
        Assert.Equal(10000, PerturbedSgdParameters.WithoutStrongGrowth(constants, 0.01).Batch);
        // (rho - 1) L_G^2/(L_H eps) = 2 * 4/(0.005)
        var cubic = CubicNewtonParameters.UnderStrongGrowth(constants, 0.01);
        Assert.Equal((1600, 1600), (cubic.GradientBatch, cubic.HessianBatch));
        cubic = CubicNewtonParameters.WithoutStrongGrowth(constants, 0.01);
        Assert.Equal((10000, 1600), (cubic.GradientBatch, cubic.HessianBatch));
        Assert.Equal(72, PerturbedSgdParameters.UnderStrongGrowth(constants.Smoothed(), 0.01).Batch);
        foreach (var epsilon in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => PerturbedSgdParameters.UnderStrongGrowth(constants, epsilon));
            Assert.Throws<ArgumentOutOfRangeException>(() => CubicNewtonParameters.Deterministic(constants, epsilon));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerturbedSgdParameters(1, 1, 1).WithNoiseCondition(constants, 0.1, 1));
    }

    [Fact]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, CPU);
        var theta = full(10, 0.3, dtype: ScalarType.Float64);
        var smoothed = new GaussianSmoothing(Noisy(), 1e-3);
        Live.AssertUnchanged(() =>
        {
            foreach (var objective in new IStochasticObjective[] { Noisy(), smoothed })
            {
                Loop.Run(new PerturbedSgd(objective, new(0.1, 3, 0.1), generator), theta, 3, []);
                Loop.Run(new PerturbedSgd(objective, new(0.1, 3, 0.1, new(9, 1)), generator), theta, 3, []);
                foreach (var exact in new[] { 0, 16 })
                    Loop.Run(new CubicNewton(objective, new(1, 3, 3, new(1e-3, 1e-3), exact), generator), theta, 3, []);
            }
        });
    }

    private const int Samples = 100000;

    private static NoisyFunction Noisy() => new(Chain.Function(), 2, 0);

    private static long? Steps<TState>(Func<Generator, IDynamics<TState>> method, Func<TState, Tensor> theta, long most)
        where TState : IDisposable
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11, CPU);
        using var whole = Noisy().Expectation();
        var end = Loop.Run(method(generator), zeros(10, dtype: ScalarType.Float64), most, [(step, state) =>
            Certificate.At(whole, theta(state), Epsilon, 1).IsMinimizer ? "certified" : null]);
        return end.Reason is null ? null : end.Step;
    }

    private static (double[] Mean, double Second) Moments(ClosedForm f, double[] x, double nu)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6, CPU);
        using var batch = new GaussianSmoothing(new NoisyFunction(f, 1, 0), nu).Draw(Samples, generator);
        var rows = batch.Gradients(tensor(x));
        return (rows.mean([0L]).data<double>().ToArray(), rows.square().sum(dim: 1).mean().ToDouble());
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
