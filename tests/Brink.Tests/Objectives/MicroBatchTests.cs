using Brink.Objectives;

namespace Brink.Tests.Objectives;

public class MicroBatchTests
{
    // 23 samples: 1 divides, 23 is one batch, 7 and 22 leave remainders, 100 is more than the number of samples.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(22)]
    [InlineData(100)]
    public void Result_does_not_depend_on_the_micro_batch(int microBatch)
    {
        using var scope = NewDisposeScope();
        var model = Networks.Tiny;
        var (theta, u) = (model.Initial(3), Networks.Uniform(1, model.Dimension));
        using var whole = Networks.Loss(model).ExpandAt(theta);
        using var parts = Networks.Loss(model, microBatch: microBatch).ExpandAt(theta);
        const double tolerance = 1e-12;
        Assert.Equal(whole.Loss, parts.Loss, tolerance * whole.Loss);
        Assert.InRange(Networks.Relative(parts.Gradient, whole.Gradient), 0, tolerance);
        Assert.InRange(Networks.Relative(parts.HessianTimes(u), whole.HessianTimes(u)), 0, tolerance);
        Assert.InRange(Networks.Relative(parts.ThirdDerivative(u, u), whole.ThirdDerivative(u, u)), 0, tolerance);
        Assert.Equal(Networks.Loss(model).Loss(theta), Networks.Loss(model, microBatch: microBatch).Loss(theta), tolerance);
    }

    [Fact]
    public void Loss_is_the_mean_over_the_samples()
    {
        using var scope = NewDisposeScope();
        var model = Networks.Tiny;
        var theta = model.Initial(3);
        var (inputs, targets) = (Networks.Uniform(100, 23, 5), Networks.Uniform(101, 23, 3));
        var outputs = model.Outputs(theta, inputs);
        var expected = 0.0;
        for (var i = 0; i < 23; i++)
            for (var c = 0; c < 3; c++) expected += Math.Pow(outputs[i, c].ToDouble() - targets[i, c].ToDouble(), 2) / 23;
        Assert.Equal(expected, Networks.Loss(model, microBatch: 4).Loss(theta), 13);
    }

    [Fact]
    public void Recomputed_graphs_give_the_same_bits_as_kept_ones()
    {
        using var scope = NewDisposeScope();
        var model = Networks.Tiny;
        var (theta, u) = (model.Initial(3), Networks.Uniform(1, model.Dimension));
        using var kept = Networks.Loss(model, microBatch: 4).ExpandAt(theta);
        using var recomputed = Networks.Loss(model, microBatch: 4, budget: 0).ExpandAt(theta);
        Assert.Equal(kept.HessianTimes(u).data<double>().ToArray(), recomputed.HessianTimes(u).data<double>().ToArray());
        Assert.Equal(kept.ThirdDerivative(u, u).data<double>().ToArray(), recomputed.ThirdDerivative(u, u).data<double>().ToArray());
    }

    [Fact]
    public void Rows_are_multiplied_one_by_one()
    {
        using var scope = NewDisposeScope();
        var model = Networks.Tiny;
        using var expansion = Networks.Loss(model, microBatch: 4).ExpandAt(model.Initial(3));
        var rows = Networks.Uniform(1, 3, model.Dimension);
        var together = expansion.HessianTimes(rows);
        for (var i = 0; i < 3; i++)
            Assert.Equal(expansion.HessianTimes(rows[i]).data<double>().ToArray(), together[i].data<double>().ToArray());
    }

    [Theory]
    [InlineData(23, long.MaxValue)]
    [InlineData(4, long.MaxValue)]
    [InlineData(4, 0)]
    public void No_tensor_is_leaked(int microBatch, long budget)
    {
        using var scope = NewDisposeScope();
        var objective = Networks.Loss(Networks.Tiny, microBatch: microBatch, budget: budget);
        var (theta, u) = (Networks.Tiny.Initial(3), Networks.Uniform(1, Networks.Tiny.Dimension));
        Live.AssertUnchanged(() => objective.Loss(theta));
        Live.AssertUnchanged(() => objective.LossAndGradient(theta).Gradient.Dispose());
        Live.AssertUnchanged(() =>
        {
            using var expansion = objective.ExpandAt(theta);
            for (var i = 0; i < 3; i++)
            {
                expansion.HessianTimes(u).Dispose();
                expansion.ThirdDerivative(u, u).Dispose();
            }
        });
    }

    [Fact]
    public void Wrong_shapes_and_precisions_are_refused_with_a_message()
    {
        using var scope = NewDisposeScope();
        var objective = Networks.Loss(Networks.Tiny);
        var shape = Assert.Throws<ArgumentException>(() => objective.Loss(zeros(3, dtype: ScalarType.Float64)));
        Assert.Contains("[3]; it must be [111]", shape.Message, StringComparison.Ordinal);
        var precision = Assert.Throws<ArgumentException>(() => objective.ExpandAt(zeros(111, dtype: ScalarType.Float32)));
        Assert.Contains("Float32", precision.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EmpiricalLoss.Over(1, (_, x) => x, EmpiricalLoss.SquaredError, zeros(0, 2), zeros(0, 2), 1));
        Assert.Throws<ArgumentException>(() => EmpiricalLoss.Over(1, (_, x) => x, EmpiricalLoss.SquaredError, zeros(3, 2), zeros(2, 2), 1));
    }

    [Fact]
    public void Counted_objective_counts_rows_and_expansions()
    {
        using var scope = NewDisposeScope();
        var count = new DerivativeCount();
        var counted = new CountedObjective(Networks.Loss(Networks.Tiny), count);
        var theta = Networks.Tiny.Initial(3);
        counted.LossAndGradient(theta);
        using var expansion = counted.ExpandAt(theta);
        expansion.HessianTimes(Networks.Uniform(1, 3, 111));
        expansion.HessianTimes(theta);
        expansion.ThirdDerivative(theta, theta);
        Assert.Equal((2, 4, 1), (count.Gradients, count.Products, count.ThirdDerivatives));
    }
}
