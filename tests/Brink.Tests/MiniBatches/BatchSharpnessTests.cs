using Brink.MiniBatches;
using Brink.Objectives;

namespace Brink.Tests.MiniBatches;

public class BatchSharpnessTests
{
    private const int Samples = 24, Size = 5;

    [Fact]
    public void It_is_the_mean_of_the_ratios_over_all_batches()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(1);
        var reading = new BatchSharpness(RelativeError: 0).At(
            problem.Theta, BatchOrder.Consecutive(Samples, 6).Select(problem.Batch), problem.Whole.LossAndGradient(problem.Theta).Gradient);
        double[] ratios = [.. Enumerable.Range(0, 4).Select(i => problem.Ratio([.. Enumerable.Range(6 * i, 6)]))];
        Assert.Equal(4, reading.Batches);
        Assert.Equal(ratios.Average(), reading.Sharpness, 1e-12);
        var deviation = Math.Sqrt(ratios.Sum(ratio => Math.Pow(ratio - ratios.Average(), 2)) / 3);
        Assert.Equal(deviation / 2, reading.StandardError, 1e-12);
        // Student's t with 3 degrees of freedom.
        Assert.Equal(3.182446305284263 * deviation / 2, reading.Interval.Upper - reading.Sharpness, 1e-9);
        Assert.Equal(reading.Sharpness - reading.Interval.Lower, reading.Interval.Upper - reading.Sharpness, 1e-12);
        // The batches are all samples, once each: the mean of their gradients is the gradient of the whole.
        var squares = Enumerable.Range(0, 4)
            .Average(i => problem.Gradient([.. Enumerable.Range(6 * i, 6)]).square().sum().ToDouble());
        var whole = problem.Gradient([.. Enumerable.Range(0, Samples)]).square().sum().ToDouble();
        Assert.Equal(1 - (whole / squares), reading.NoiseShare!.Value, 1e-12);
    }

    [Fact]
    public void A_batch_of_all_samples_has_the_directional_sharpness_of_the_gradient_and_no_noise()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(2);
        var (_, gradient) = problem.Whole.LossAndGradient(problem.Theta);
        var reading = new BatchSharpness().At(problem.Theta, BatchOrder.Consecutive(Samples, Samples).Select(problem.Batch), gradient);
        using var expansion = problem.Whole.ExpandAt(problem.Theta);
        Assert.Equal((1, 0.0), (reading.Batches, reading.StandardError));
        Assert.Equal(DirectionalSharpness.Of(expansion), reading.Sharpness, 1e-12);
        Assert.Equal(problem.Ratio([.. Enumerable.Range(0, Samples)]), reading.Sharpness, 1e-12);
        Assert.Equal(0, reading.NoiseShare!.Value, 1e-12);
    }

    [Fact]
    public void Batches_are_measured_until_the_error_of_their_mean_is_small()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(3);
        var batches = BatchOrder.Random(Samples, Size, seed: 1).Select(problem.Batch);
        var rough = new BatchSharpness(RelativeError: 0.05).At(problem.Theta, batches);
        var fine = new BatchSharpness(RelativeError: 0.01).At(problem.Theta, batches);
        var none = new BatchSharpness(RelativeError: 1e-9, Most: 12).At(problem.Theta, batches);
        Assert.True(rough.Converged && rough.StandardError <= 0.05 * rough.Sharpness);
        Assert.True(fine.Converged && fine.StandardError <= 0.01 * fine.Sharpness);
        Assert.True(fine.Batches > 10 * rough.Batches);
        Assert.Equal((12, false), (none.Batches, none.Converged));
        // Both estimate the mean over all batches.
        Assert.InRange(Math.Abs(rough.Sharpness - fine.Sharpness), 0, 5 * rough.StandardError);
    }

    [Fact]
    public void Noise_along_a_vector_is_the_variance_of_the_gradients_of_batches()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(4);
        var (_, gradient) = problem.Whole.LossAndGradient(problem.Theta);
        var u = eye(Problem.Dimension, dtype: ScalarType.Float64).narrow(0, 0, 2);
        var reading = new BatchSharpness(RelativeError: 0).At(
            problem.Theta, BatchOrder.Consecutive(Samples, 6).Select(problem.Batch), gradient, u);
        double[] first = [.. Enumerable.Range(0, 4).Select(i => problem.Gradient([.. Enumerable.Range(6 * i, 6)])[0].ToDouble())];
        Assert.Equal(2, reading.Along!.Count);
        Assert.Equal(gradient[0].ToDouble(), reading.Along[0].Mean, 1e-12);
        Assert.Equal(first.Average(value => Math.Pow(value - first.Average(), 2)), reading.Along[0].Variance, 1e-12);
        Assert.Equal(1 - (Math.Pow(first.Average(), 2) / first.Average(value => value * value)), reading.Along[0].Share, 1e-12);
    }

    [Fact]
    public void Along_another_step_it_is_the_curvature_of_that_step()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(5);
        var velocity = Problem.Direction(9);
        var reading = new BatchSharpness(RelativeError: 0).At(
            problem.Theta, BatchOrder.Consecutive(Samples, 12).Select(problem.Batch), step: g => (0.9 * velocity) + g);
        double Expected(IReadOnlyList<int> samples)
        {
            var (A, g) = (problem.Hessian(samples), problem.Gradient(samples));
            var s = (0.9 * velocity) + g;
            return (s.dot(A.mv(s)) / s.dot(g)).ToDouble();
        }
        Assert.Equal(
            (Expected([.. Enumerable.Range(0, 12)]) + Expected([.. Enumerable.Range(12, 12)])) / 2, reading.Sharpness, 1e-10);
    }

    [Theory]
    [InlineData(0.9, 0.8, true, 0.2 / 0.1)]
    [InlineData(0.9, 0.2, false, 3.8 / 0.1)]
    [InlineData(0, 0.8, true, 2 / 0.1)]
    public void The_noise_decides_which_edge_applies(double momentum, double noise, bool ofBatches, double threshold)
    {
        var edge = BatchEdge.Of(0.1, momentum, sharpness: 30, new(12, 0.1, 50, true, noise, null));
        Assert.Equal(ofBatches, edge.IsOfBatches);
        Assert.Equal(threshold, edge.Threshold, 1e-12);
        Assert.Equal(2 * (ofBatches ? 12 : 30) / threshold, edge.EffectiveSharpness, 1e-12);
    }

    [Fact]
    public void An_epoch_has_no_sample_twice_and_the_next_another_order()
    {
        var batches = BatchOrder.Random(Samples, Size, seed: 7).Take(8).ToArray();
        var (first, second) = (batches[..4].SelectMany(batch => batch).ToArray(), batches[4..].SelectMany(batch => batch).ToArray());
        Assert.Equal(20, first.Distinct().Count());
        Assert.Equal(20, second.Distinct().Count());
        Assert.NotEqual(first, second);
        Assert.Equal(batches[0], BatchOrder.Random(Samples, Size, seed: 7).First());
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchOrder.Random(Samples, Samples + 1, 0));
    }

    [Theory]
    [InlineData(1, 12.706204736432095)]
    [InlineData(5, 2.570581835636314)]
    [InlineData(9, 2.262157162854099)]
    [InlineData(30, 2.042272456301238)]
    [InlineData(1000, 1.962339080792829)]
    public void The_quantile_of_Students_distribution_is_that_of_tables(int degrees, double expected) =>
        Assert.Equal(expected, StudentQuantile.At95(degrees), 1e-3);

    [Fact]
    public void No_tensor_remains()
    {
        using var problem = new Owned();
        Live.AssertUnchanged(() =>
        {
            using var scope = NewDisposeScope();
            var (_, gradient) = problem.Value.Whole.LossAndGradient(problem.Value.Theta);
            new BatchSharpness(Most: 12).At(
                problem.Value.Theta, BatchOrder.Random(Samples, Size, 1).Select(problem.Value.Batch), gradient, gradient.unsqueeze(0));
            new CriticalLearningRate().Along(problem.Value.Whole, problem.Value.Theta, gradient);
        });
    }

    private sealed class Owned : IDisposable
    {
        private readonly DisposeScope _scope = NewDisposeScope();

        public Problem Value { get; } = new(6);

        public void Dispose() => _scope.Dispose();
    }

    /// <summary>Least squares: L_B = 1/(2|B|) sum (a_i . theta - b_i)^2, whose gradients and Hessians are known.</summary>
    private sealed class Problem
    {
        public const int Dimension = 7;

        private readonly Tensor _a, _b;

        public Problem(long seed)
        {
            using var generator = new Generator((ulong)seed, CPU);
            _a = randn(Samples, Dimension, dtype: ScalarType.Float64, generator: generator);
            _b = randn(Samples, dtype: ScalarType.Float64, generator: generator);
            Theta = randn(Dimension, dtype: ScalarType.Float64, generator: generator);
            Whole = Batch([.. Enumerable.Range(0, Samples).Select(i => (long)i)]);
        }

        public Tensor Theta { get; }

        public IObjective Whole { get; }

        public IObjective Batch(IReadOnlyList<long> samples)
        {
            var chosen = tensor(samples.ToArray());
            var (a, b) = (_a.index_select(0, chosen), _b.index_select(0, chosen));
            return new DifferentiableSum(
                Dimension, ScalarType.Float64, 1, (theta, _) => (a.mv(theta) - b).square().sum() / (2.0 * samples.Count));
        }

        public static Tensor Direction(int number)
        {
            using var generator = new Generator((ulong)number, CPU);
            return randn(Dimension, dtype: ScalarType.Float64, generator: generator);
        }

        public Tensor Hessian(IReadOnlyList<int> samples)
        {
            var a = Rows(samples);
            return a.t().mm(a) / samples.Count;
        }

        public Tensor Gradient(IReadOnlyList<int> samples)
        {
            var a = Rows(samples);
            return a.t().mv(a.mv(Theta) - _b.index_select(0, Chosen(samples))) / samples.Count;
        }

        public double Ratio(IReadOnlyList<int> samples)
        {
            var g = Gradient(samples);
            return (g.dot(Hessian(samples).mv(g)) / g.dot(g)).ToDouble();
        }

        private Tensor Rows(IReadOnlyList<int> samples) => _a.index_select(0, Chosen(samples));

        private static Tensor Chosen(IReadOnlyList<int> samples) => tensor(samples.Select(i => (long)i).ToArray());
    }
}
