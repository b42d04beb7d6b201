using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>The noisy objective F(x, xi) = (1 + zeta) f(x) + s . x for a function f in closed form: zeta normal with variance
/// rho - 1, s normal with covariance (sigma^2/p) I.</summary>
/// <remarks>
/// <para>E||grad F||^2 = rho ||grad f||^2 + sigma^2: with sigma = 0 the strong growth condition holds with exactly rho,
/// otherwise for no rho.</para>
/// <para>The mean of n independent zeta, or s, is drawn directly, as a normal number with an n-th of the variance: large
/// batches cost no more than small ones. Only evaluations that distinguish the samples draw each.</para>
/// </remarks>
/// <param name="Function">Function f.</param>
/// <param name="StrongGrowth">Strong growth constant rho, at least 1.</param>
/// <param name="AdditiveVariance">Variance sigma^2 of the additive noise, at least 0.</param>
public sealed record NoisyFunction(ClosedForm Function, double StrongGrowth, double AdditiveVariance) : IStochasticObjective
{
    /// <inheritdoc/>
    public long Dimension => Function.Dimension;

    /// <inheritdoc/>
    public ScalarType Precision => ScalarType.Float64;

    /// <inheritdoc/>
    public IMinibatch Draw(int samples, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return new Minibatch(this, samples, generator);
    }

    /// <inheritdoc/>
    public IMinibatch Expectation() => new Minibatch(this, 1, null);

    private sealed class Minibatch(NoisyFunction of, int size, Generator? generator) : IMinibatch
    {
        private readonly double _scale = Math.Sqrt(of.StrongGrowth - 1);
        private readonly double _spread = Math.Sqrt(of.AdditiveVariance / of.Dimension);
        private double[]? _mean;      // mean of zeta, followed by that of s [1 + p]
        private double[][]? _each;    // zeta and s of each sample

        public int Size => size;

        public Tensor Values(Tensor points)
        {
            var x = points.data<double>().ToArray();
            var p = of.Function.Dimension;
            var values = new double[size];
            for (var i = 0; i < size; i++)
            {
                var (point, noise) = (x[(i * p)..((i + 1) * p)], Each()[i]);
                values[i] = (1 + noise[0]) * of.Function.Value(point);
                for (var j = 0; j < p; j++) values[i] += noise[j + 1] * point[j];
            }
            return tensor(values);
        }

        public Tensor Gradients(Tensor theta)
        {
            var gradient = of.Function.Gradient(theta.data<double>().ToArray());
            var rows = new double[size, gradient.Length];
            for (var i = 0; i < size; i++)
                for (var j = 0; j < gradient.Length; j++)
                    rows[i, j] = ((1 + Each()[i][0]) * gradient[j]) + Each()[i][j + 1];
            return tensor(rows);
        }

        public Tensor Gradient(Tensor theta)
        {
            var gradient = of.Function.Gradient(theta.data<double>().ToArray());
            var noise = Mean();
            for (var j = 0; j < gradient.Length; j++) gradient[j] = ((1 + noise[0]) * gradient[j]) + noise[j + 1];
            return tensor(gradient);
        }

        public SymmetricOperator Hessian(Tensor theta)
        {
            var (x, factor, p) = (theta.data<double>().ToArray(), 1 + Mean()[0], of.Function.Dimension);
            return new(p, ScalarType.Float64, rows =>
            {
                var v = rows.data<double>().ToArray();
                var products = new double[v.Length];
                for (var start = 0; start < v.Length; start += p)
                {
                    var product = of.Function.HessianTimes(x, v[start..(start + p)]);
                    for (var j = 0; j < p; j++) products[start + j] = factor * product[j];
                }
                return tensor(products, [products.Length / p, p]);
            });
        }

        public void Dispose()
        {
        }

        private double[] Mean()
        {
            if (_mean is not null) return _mean;
            var p = of.Function.Dimension;
            if (_each is { } each)
                return _mean = [.. Enumerable.Range(0, p + 1).Select(j => each.Average(noise => noise[j]))];
            return _mean = Noise(1 / Math.Sqrt(size));
        }

        // If the mean was drawn first, the samples are drawn around it.
        private double[][] Each()
        {
            if (_each is not null) return _each;
            var each = Enumerable.Range(0, size).Select(_ => Noise(1)).ToArray();
            if (_mean is { } mean)
                for (var j = 0; j < mean.Length; j++)
                {
                    var average = each.Average(noise => noise[j]);
                    foreach (var noise in each) noise[j] += mean[j] - average;
                }
            return _each = each;
        }

        private double[] Noise(double factor)
        {
            var noise = new double[of.Function.Dimension + 1];
            if (generator is null) return noise;
            using var scope = NewDisposeScope();
            var drawn = of.AdditiveVariance > 0 ? noise.Length : 1;
            var normal = randn(drawn, dtype: ScalarType.Float64, generator: generator).data<double>().ToArray();
            for (var j = 0; j < drawn; j++) noise[j] = factor * (j == 0 ? _scale : _spread) * normal[j];
            return noise;
        }
    }
}
