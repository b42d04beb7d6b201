using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Dynamics.Stabilization;

public class ProjectionPredictorTests
{
    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.4)]   // and two more directions, inside the edge
    public void Without_a_history_the_predictor_errs_at_second_order(int held, double share)
    {
        // Steps, each half as long as the last: curvature and gradient in the directions, by an expansion at the end of the step.
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        using var now = new ConstrainedTrajectory(objective, eta / share, new EigenpairParameters(1, 1e-13), Tolerance: 1e-12).Start(theta);
        Assert.True(now.Projection.Converged);
        Assert.Equal(held, now.Projection.Held);
        Assert.Empty(now.Projection.PredictionErrors.Curvature.Orders);
        var (curvatures, alignments) = (new List<double>(), new List<double>());
        foreach (var step in new[] { eta / 8, eta / 16, eta / 32 })
        {
            var first = ProjectionPredictor.From(now, step);
            Assert.True(first.Multipliers.norm().ToDouble() > 0);
            using var there = objective.ExpandAt(first.Theta);
            curvatures.Add((now.Directions.mm(there.HessianTimes(now.Directions).t()) - first.Curvature).norm().ToDouble());
            alignments.Add((now.Directions.mv(there.Gradient) - first.Alignments).norm().ToDouble());
        }
        foreach (var errors in new[] { curvatures, alignments })
        {
            Assert.InRange(Math.Log2(errors[0] / errors[1]), 1.8, 2.2);
            Assert.InRange(Math.Log2(errors[1] / errors[2]), 1.9, 2.1);
        }
    }

    [Fact]
    public void With_corrected_predictions_most_steps_take_one_expansion()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var count = new DerivativeCount();
        var (before, expansions) = (0L, new List<long>());
        var trajectory = new ConstrainedTrajectory(new CountedObjective(objective, count), eta, new EigenpairParameters(1, 1e-9));
        Loop.Run(trajectory, theta, 80, [(step, point) =>
        {
            if (step > 0) expansions.Add(count.Gradients - before);
            before = count.Gradients;
            Assert.True(point.Projection.Converged);
            Assert.Equal(expansions.Count == 0 ? point.Projection.Rounds : expansions[^1], point.Projection.Rounds);
            return null;
        }]);
        Assert.InRange(expansions.Average(), 1, 1.5);
        Assert.All(expansions.TakeLast(30), number => Assert.Equal(1, number));
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        using var now = new ConstrainedTrajectory(objective, eta, new EigenpairParameters(1, 1e-9)).Start(theta);
        Live.AssertUnchanged(() =>
        {
            using var inner = NewDisposeScope();
            ProjectionPredictor.From(now, eta);
        });
    }
}
