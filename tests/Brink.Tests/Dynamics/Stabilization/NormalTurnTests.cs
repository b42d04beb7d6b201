using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Dynamics.Stabilization;

public class NormalTurnTests
{
    private static readonly EigenpairParameters Tracking = new(1, 1e-9);

    [Fact]
    public void A_step_is_projected_along_the_normals_at_the_end_of_descent()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var trajectory = new ConstrainedTrajectory(objective, eta, Tracking, NormalsEvery: 5);
        using var now = trajectory.Start(theta);
        var descended = now.Theta - (eta * now.Expansion.Gradient);
        using var next = trajectory.Step(now);
        using var projectedAtStart = (trajectory with { NormalsEvery = null }).Step(now);
        using var there = objective.ExpandAt(descended);
        using var tracker = new EigenpairTracker(Tracking);
        var pairs = tracker.Track(there.Hessian(descended));
        var u = pairs.Vectors[0];
        var normal = there.ThirdDerivative(u, u);
        // The share of the displacement that is orthogonal to that normal and to the directions.
        Assert.InRange(OrthogonalShare(next), 0, 1e-3 * OrthogonalShare(projectedAtStart));
        Assert.True(next.Projection.Converged && next.Active);

        double OrthogonalShare(ConstrainedPoint point)
        {
            var displacement = point.Theta - descended;
            var basis = linalg.qr(stack([u, now.Direction, point.Direction, normal]).t()).Q.t().contiguous();
            return (Orthonormal.ProjectOut(displacement, basis).norm() / displacement.norm()).ToDouble();
        }
    }

    [Fact]
    public void Extrapolated_turns_give_the_trajectory_of_measured_ones()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var (exact, few, none) = (End(1), End(4), End(null));
        var departure = (none.Theta - exact.Theta).norm().ToDouble();
        Assert.True(departure > 0);
        Assert.InRange((few.Theta - exact.Theta).norm().ToDouble(), 0, 0.1 * departure);
        Assert.InRange(few.Expansions, none.Expansions + 10, exact.Expansions - 10);
        TestContext.Current.TestOutputHelper!.WriteLine($"expansions: {none.Expansions}, {few.Expansions}, {exact.Expansions}");

        (Tensor Theta, long Expansions) End(int? every)
        {
            var count = new DerivativeCount();
            var trajectory = new ConstrainedTrajectory(
                new CountedObjective(objective, count), eta, Tracking, Tolerance: 1e-8, NormalsEvery: every);
            var end = theta;
            Loop.Run(trajectory, theta, 60, [(_, point) =>
            {
                Assert.True(point.Projection.Converged);
                end = point.Theta.clone().DetachFromDisposeScope();
                return null;
            }]);
            return (end, count.Gradients);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void No_tensor_is_leaked(int every)
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var trajectory = new ConstrainedTrajectory(objective, eta, Tracking, NormalsEvery: every);
        Live.AssertUnchanged(() =>
        {
            var state = trajectory.Start(theta);
            for (var step = 0; step < 7; step++)
            {
                var next = trajectory.Step(state);
                state.Dispose();
                state = next;
            }
            state.Dispose();
        });
    }
}
