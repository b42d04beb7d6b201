using Brink.Distributed;
using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Tests.Distributed;

/// <summary>The sum over fixed shards in one process. Several processes are tested with the command line, under mpirun.</summary>
public sealed class DistributedLossTests
{
    private static readonly Mlp Model = Networks.Tiny;

    [Theory, InlineData(23), InlineData(16), InlineData(5), InlineData(1)]
    public void The_sum_over_shards_is_the_loss_and_its_derivatives(int samples)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = (Networks.Uniform(100, samples, 5), Networks.Uniform(101, samples, 3));
        using var spread = Spread(inputs, targets);
        var (ours, whole) = (spread.Objective(ScalarType.Float64), Loss(inputs, targets));
        var theta = Model.Initial(3);
        var p = Model.Dimension;
        var (rows, u, v) = (Networks.Uniform(1, 4, p), Networks.Uniform(2, p), Networks.Uniform(3, p));
        Assert.Equal((Model.Dimension, ScalarType.Float64), (ours.Dimension, ours.Precision));
        Assert.Equal(whole.Loss(theta), ours.Loss(theta), 1e-13);
        var (loss, gradient) = ours.LossAndGradient(theta);
        Assert.Equal(whole.Loss(theta), loss, 1e-13);
        AssertClose(whole.LossAndGradient(theta).Gradient, gradient);
        using var expansion = ours.ExpandAt(theta);
        using var curvature = ours.CurvatureAt(theta);
        using var expected = whole.ExpandAt(theta);
        Assert.Equal(expected.Loss, expansion.Loss, 1e-13);
        Assert.Equal(expected.Loss, curvature.Loss, 1e-13);
        AssertClose(expected.Gradient, expansion.Gradient);
        AssertClose(expected.Gradient, curvature.Gradient);
        AssertClose(expected.HessianTimes(v), expansion.HessianTimes(v));
        AssertClose(expected.HessianTimes(rows), curvature.HessianTimes(rows));
        AssertClose(expected.ThirdDerivative(u, v), expansion.ThirdDerivative(u, v));
        AssertClose(expected.ThirdDerivative(u, u), curvature.ThirdDerivative(u, u));
    }

    [Fact]
    public void Each_precision_has_one_objective_and_shards_of_nearly_equal_size_that_cover_the_samples()
    {
        using var scope = NewDisposeScope();
        var parts = new List<(ScalarType, long Start, long Count)>();
        using var spread = new DistributedLoss(Communicator.Alone, Reduction.Fixed, 100, Model.Dimension, (precision, start, count) =>
        {
            parts.Add((precision, start, count));
            return Networks.Loss(Model, precision: precision);
        });
        Assert.Same(spread.Objective(ScalarType.Float32), spread.Objective(ScalarType.Float32));
        spread.Objective(ScalarType.Float64);
        Assert.Equal(32, parts.Count);
        Assert.Equal(16, parts.Count(part => part.Item1 == ScalarType.Float32));
        var end = 0L;
        foreach (var (_, start, count) in parts.Take(16))
        {
            Assert.Equal(end, start);
            Assert.InRange(count, 6, 7);
            end = start + count;
        }
        Assert.Equal(100, end);
    }

    [Fact]
    public void No_tensor_leaks()
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = (Networks.Uniform(100, 23, 5), Networks.Uniform(101, 23, 3));
        var (theta, rows) = (Model.Initial(3), Networks.Uniform(1, 4, Model.Dimension));
        using var spread = Spread(inputs, targets);
        var loss = spread.Objective(ScalarType.Float64);
        Live.AssertUnchanged(() =>
        {
            using var inner = NewDisposeScope();
            loss.LossAndGradient(theta);
            using var expansion = loss.ExpandAt(theta);
            _ = (expansion.Loss, expansion.Gradient, expansion.HessianTimes(rows), expansion.ThirdDerivative(theta, theta));
        });
    }

    [Fact]
    public void A_process_that_mpirun_did_not_start_has_no_world()
    {
        Assert.Null(Communicator.TryJoin());
        Assert.Equal((0, 1), (Communicator.Alone.Rank, Communicator.Alone.Size));
    }

    private static DistributedLoss Spread(Tensor inputs, Tensor targets) => new(
        Communicator.Alone,
        Reduction.Fixed,
        inputs.shape[0],
        Model.Dimension,
        (_, start, count) => Loss(inputs.narrow(0, start, count), targets.narrow(0, start, count)));

    private static DifferentiableSum Loss(Tensor inputs, Tensor targets) => EmpiricalLoss.Over(
        Model.Dimension, Model.Outputs, EmpiricalLoss.SquaredError, inputs, targets, microBatch: 7);

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().ToDouble() / expected.abs().max().ToDouble(), 0, 1e-12);
    }
}
