using Brink.Optimizers.SaddleEscape;

namespace Brink.Tests.Optimizers.SaddleEscape;

/// <summary>Objectives known through samples: their geometry, their noise and the
/// counts of samples.</summary>
public class StochasticObjectiveTests
{
    private static readonly SaddleChain Chain = new(0.05);

    [Fact]
    public void The_derivatives_of_the_chain_agree_with_its_values()
    {
        var f = Chain.Function();
        var (gamma, end) = (Chain.Curvature, Chain.End);
        foreach (var along in new[] { 0.1 * gamma, 0.9 * gamma, 1.5, end - (2.4 * gamma), end - (0.5 * gamma), end + 0.2 })
        {
            foreach (var sign in new[] { 1, -1 })
            {
                var x = new double[f.Dimension];
                (x[0], x[1], x[7]) = (sign * along, -0.3 * sign, 0.2);
                var v = Enumerable.Range(0, f.Dimension).Select(j => Math.Cos(j + 1.0)).ToArray();
                var slope = Difference(t => f.Value(Moved(x, v, t)));
                Assert.Equal(slope, Dot(f.Gradient(x), v), 1e-8);
                var product = f.HessianTimes(x, v);
                for (var j = 0; j < f.Dimension; j++)
                    Assert.Equal(Difference(t => f.Gradient(Moved(x, v, t))[j]), product[j], 1e-7);
            }
        }
    }

    [Fact]
    public void Each_saddle_of_the_chain_is_strict_and_nothing_before_its_end_is_a_minimizer()
    {
        using var scope = NewDisposeScope();
        var f = Chain.Function();
        using var whole = new NoisyFunction(f, 2, 1).Expectation();
        Assert.Equal(-Chain.Curvature, Lowest(0, 0), 1e-12);
        Assert.Equal(-Chain.Curvature, Lowest(Chain.End, 0), 1e-12);
        Assert.Equal(Chain.Decrease, f.Value(At(0, 0)) - f.Value(At(Chain.End, Chain.End)), 1e-10);
        Assert.Equal(0, f.Gradient(At(Chain.End, 0)).Max(Math.Abs), 1e-12);
        for (var t = 0.0; t < 1.99; t += 0.005)
        {
            var x = At(Math.Min(1, t) * Chain.End, Math.Max(0, t - 1) * Chain.End);
            // At the end of the last slope the region of minimizers begins, where the gradient has decreased to eps.
            if (t > 1 && f.Gradient(x)[1] is > -0.05 and < 0.05 && x[1] > Chain.End / 2) break;
            Assert.False(Certificate.At(whole, tensor(x), 0.05, 1).IsMinimizer, $"at {t}");
            Assert.InRange(f.Gradient(x).Max(Math.Abs), 0, 2 * 0.05 * (1 + 1e-12));
        }
        Assert.True(Certificate.At(whole, tensor(At(Chain.End, -Chain.End)), 0.05, 1).IsMinimizer);

        double Lowest(double a, double b) =>
            linalg.eigvalsh(whole.Hessian(tensor(At(a, b))).Times(eye(10, dtype: ScalarType.Float64)))[0].ToDouble();
    }

    [Fact]
    public void Along_the_path_the_Hessian_of_the_chain_is_Lipschitz()
    {
        using var scope = NewDisposeScope();
        using var whole = new NoisyFunction(Chain.Function(), 1, 0).Expectation();
        const double H = 0.01;
        for (var a = 0.0; a < Chain.End; a += H)
            foreach (var second in new[] { false, true })
            {
                using var inner = NewDisposeScope();
                var change = Hessian(second, a + H) - Hessian(second, a);
                Assert.InRange(linalg.norm(change, 2).ToDouble() / H, 0, 1.26);
            }

        Tensor Hessian(bool second, double a) =>
            whole.Hessian(tensor(second ? At(Chain.End, a) : At(a, 0))).Times(eye(10, dtype: ScalarType.Float64));
    }

    [Theory]
    [InlineData(0.0, "must be above 0")]
    [InlineData(double.NaN, "must be above 0")]
    [InlineData(0.25, "is too large for 2 saddles")]
    public void An_accuracy_for_which_no_chain_exists_is_refused(double epsilon, string message) => Assert.Contains(
        message, Assert.Throws<InvalidOperationException>(() => new SaddleChain(epsilon).Function()).Message, StringComparison.Ordinal);

    [Fact]
    public void The_noise_has_the_specified_moments()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var noisy = new NoisyFunction(Chain.Function(), 3, 0.7);
        var theta = tensor(At(1.5, 0.1));
        var gradient = tensor(Chain.Function().Gradient(At(1.5, 0.1)));
        const int N = 40000;
        using var batch = noisy.Draw(N, generator);
        var rows = batch.Gradients(theta);
        var expected = (3 * gradient.square().sum().ToDouble()) + 0.7;
        Assert.Equal(expected, rows.square().sum(dim: 1).mean().ToDouble(), 0.02 * expected);
        Assert.InRange((rows.mean([0L]) - gradient).norm().ToDouble(), 0, 4 * Math.Sqrt(expected / N));
        // The samples do not depend on how they are requested.
        Assert.InRange((batch.Gradient(theta) - rows.mean([0L])).norm().ToDouble(), 0, 1e-12);
        // Means that are drawn directly have the variance of means.
        var errors = Enumerable.Range(0, 4000).Sum(_ =>
        {
            using var inner = NewDisposeScope();
            using var mean = noisy.Draw(25, generator);
            return (mean.Gradient(theta) - gradient).square().sum().ToDouble();
        });
        var variance = ((2 * gradient.square().sum().ToDouble()) + 0.7) / 25;
        Assert.Equal(variance, errors / 4000, 0.06 * variance);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_minibatch_is_the_same_whether_its_mean_or_its_samples_are_computed_first(bool meanFirst)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(9, CPU);
        using var batch = new NoisyFunction(Chain.Function(), 2, 0.3).Draw(6, generator);
        var theta = tensor(At(1.5, 0.1));
        var mean = meanFirst ? batch.Gradient(theta) : null;
        var rows = batch.Gradients(theta);
        mean ??= batch.Gradient(theta);
        Assert.InRange((mean - rows.mean([0L])).norm().ToDouble(), 0, 1e-12);
        // A sample's gradient is that of its values.
        var v = ones(10, dtype: ScalarType.Float64);
        var above = batch.Values((theta + 1e-5 * v).unsqueeze(0).expand(6, 10));
        var below = batch.Values((theta - 1e-5 * v).unsqueeze(0).expand(6, 10));
        var slopes = (above - below) / 2e-5;
        Assert.InRange((slopes - rows.mv(v)).abs().max().ToDouble(), 0, 1e-7);
    }

    [Fact]
    public void A_finite_sum_has_the_derivatives_of_least_squares()
    {
        using var scope = NewDisposeScope();
        var (A, b, theta) = (Networks.Uniform(4, 30, 5), Networks.Uniform(5, 30), Networks.Uniform(6, 5));
        var sum = LeastSquares(A, b);
        using var generator = new Generator(1, CPU);
        using var whole = sum.Expectation();
        var residuals = A.mv(theta) - b;
        var rows = residuals.unsqueeze(1) * A;
        Assert.InRange((whole.Gradients(theta) - rows).abs().max().ToDouble(), 0, 1e-13);
        Assert.InRange((whole.Gradient(theta) - rows.mean([0L])).abs().max().ToDouble(), 0, 1e-13);
        Assert.InRange(
            (whole.Hessian(theta).Times(eye(5, dtype: ScalarType.Float64)) - (A.t().mm(A) / 30)).abs().max().ToDouble(), 0, 1e-13);
        using var batch = sum.Draw(400, generator);
        Assert.Equal(400, batch.Size);
        // More draws than samples: their mean is that of the drawn rows, and so is the Hessian product.
        Assert.InRange((batch.Gradient(theta) - batch.Gradients(theta).mean([0L])).abs().max().ToDouble(), 0, 1e-13);
        var v = Networks.Uniform(7, 1, 5);
        var slope = (batch.Gradients(theta + v[0]) - batch.Gradients(theta)).mean([0L]);
        Assert.InRange((batch.Hessian(theta).Times(v)[0] - slope).abs().max().ToDouble(), 0, 1e-12);
        // Every row is a row of the data.
        Assert.All(batch.Gradients(theta).unbind(), row => Assert.InRange((rows - row).abs().sum(dim: 1).min().ToDouble(), 0, 1e-13));
    }

    [Fact]
    public void The_oracle_counts_every_sample()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var count = new OracleCount();
        var counted = new OracleCounter(new NoisyFunction(Chain.Function(), 2, 0), count);
        var theta = tensor(At(1, 0));
        using (var batch = counted.Draw(7, generator))
        {
            batch.Gradient(theta);
            Assert.Equal((7, 0, 0), (count.Gradients, count.HessianProducts, count.Values));
            batch.Gradients(theta);
            batch.Values(theta.unsqueeze(0).expand(7, 10));
            batch.Hessian(theta).Times(ones(3, 10, dtype: ScalarType.Float64));
        }
        Assert.Equal((14, 21, 7, 42), (count.Gradients, count.HessianProducts, count.Values, count.Total));

        var perturbed = new PerturbedSgd(counted, new(0.1, 5, 0.01), generator);
        using (var start = perturbed.Start(theta))
        {
            using var next = perturbed.Step(start);
            Assert.Equal((19, 21, 7), (count.Gradients, count.HessianProducts, count.Values));
        }
        // Exact models take p products; smoothed gradients two values a sample, smoothed Hessians three, and
        // no products.
        var newton = new CubicNewton(counted, new(1, 4, 6, new(1e-3, 1e-3)), generator);
        using (var start = newton.Start(theta)) newton.Step(start).Dispose();
        Assert.Equal((23, 81, 7), (count.Gradients, count.HessianProducts, count.Values));
        newton = newton with { Objective = new GaussianSmoothing(counted, 1e-3) };
        using (var start = newton.Start(theta)) newton.Step(start).Dispose();
        Assert.Equal((23, 81, 7 + 8 + 18), (count.Gradients, count.HessianProducts, count.Values));
    }

    [Fact]
    public void Strong_growth_is_one_more_than_the_variance_of_the_multiplier()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        var theta = tensor(At(1, 0));
        var noisy = new NoisyFunction(Chain.Function(), 3, 0);
        using (var batch = noisy.Draw(20000, generator))
        {
            var rho = StrongGrowth.At(batch, theta);
            Assert.InRange(rho.Value, 3 - (4 * rho.StandardError), 3 + (4 * rho.StandardError));
            Assert.InRange(rho.StandardError, 1e-3, 0.1);
        }
        // Its standard error is the spread of many estimates.
        var estimates = Enumerable.Range(0, 300).Select(_ =>
        {
            using var batch = noisy.Draw(400, generator);
            return StrongGrowth.At(batch, theta);
        }).ToArray();
        var mean = estimates.Average(rho => rho.Value);
        var spread = Math.Sqrt(estimates.Sum(rho => Math.Pow(rho.Value - mean, 2)) / 299);
        Assert.Equal(spread, estimates.Average(rho => rho.StandardError), 0.15 * spread);
        Assert.Equal(3, mean, 4 * spread / Math.Sqrt(300));
        using var exact = (noisy with { StrongGrowth = 1 }).Draw(5, generator);
        Assert.Equal(1, StrongGrowth.At(exact, theta).Value, 1e-12);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var theta = Networks.Uniform(6, 5);
        var sum = LeastSquares(Networks.Uniform(4, 30, 5), Networks.Uniform(5, 30));
        var noisy = new OracleCounter(new NoisyFunction(new SaddleChain(0.05, Dimension: 5).Function(), 2, 1), new());
        Live.AssertUnchanged(() =>
        {
            foreach (var objective in new IStochasticObjective[]
            {
                sum, noisy, new GaussianSmoothing(sum, 1e-3), new GaussianSmoothing(noisy, 1e-3),
            })
            {
                using var inner = NewDisposeScope();
                using var batch = objective.Draw(4, generator);
                using var whole = objective.Expectation();
                StrongGrowth.At(batch, theta);
                batch.Gradient(theta);
                batch.Hessian(theta).Times(theta.unsqueeze(0));
                Certificate.At(whole, theta, 10, 1);
            }
        });
    }

    private static FiniteSum LeastSquares(Tensor A, Tensor b) => new(
        A.shape[1], ScalarType.Float64, (int)A.shape[0],
        (points, i) => ((points * A.index_select(0, i)).sum(dim: 1) - b.index_select(0, i)).square() / 2);

    private static double[] At(double first, double second) => [first, second, 0, 0, 0, 0, 0, 0, 0, 0];

    private static double[] Moved(double[] x, double[] v, double t) => [.. x.Zip(v, (a, b) => a + (t * b))];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Difference(Func<double, double> f) => (f(1e-5) - f(-1e-5)) / 2e-5;
}
