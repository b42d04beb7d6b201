using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Dynamics.Stabilization;

public class FixedFrameDynamicsTests
{
    [Theory]
    [InlineData(1e-3, 0.0)]
    [InlineData(-5e-3, 0.1)]
    public void On_a_toy_with_a_constant_frame_the_dynamics_equals_gradient_descent(double x0, double w0)
    {
        // L = (1/2)(2/eta + w) x^2 - w (docs/reference/papers.md), theta = (x, w): alpha = beta = 1.
        const double eta = 0.05;
        using var scope = NewDisposeScope();
        var toy = new DifferentiableSum(2, ScalarType.Float64, 1, (t, _) => (((2 / eta) + t[1]) * t[0] * t[0] / 2) - t[1]);
        using var frame = new ConstrainedTrajectory(toy, eta, new EigenpairParameters(1, 1e-9), Tolerance: 1e-14)
            .Start(zeros(2, dtype: ScalarType.Float64));
        var (x, w) = (x0, w0);
        var (plain, generalized) = (tensor(new[] { x0, w0 }), tensor(new[] { x0, w0 }));
        for (var step = 0; step < 200; step++)
        {
            (x, w) = (x - (eta * ((2 / eta) + w) * x), w - (eta * ((x * x / 2) - 1)));
            plain = FixedFrameDynamics.Step(frame, plain, eta);
            generalized = FixedFrameDynamics.GeneralizedStep(toy, frame, generalized, eta);
            foreach (var v in new[] { plain, generalized })
            {
                Assert.Equal(x, v[0].ToDouble(), 1e-9);
                Assert.Equal(w, v[1].ToDouble(), 1e-9);
            }
        }
    }

    [Fact]
    public void Components_orthogonal_to_the_direction_are_not_projected_out_of_the_next_one()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var trajectory = new ConstrainedTrajectory(objective, eta, new EigenpairParameters(1, 1e-12), Tolerance: 1e-10);
        using var now = trajectory.Start(theta);
        using var next = trajectory.Step(now);
        var v = randn(theta.shape[0], dtype: ScalarType.Float64, generator: new Generator(3)) * 1e-3;
        v -= now.Direction * now.Direction.dot(v);
        // Nothing along u: the paper's x stays 0, and that of the fixed frame becomes the rotation of u times the orthogonal component.
        Assert.Equal(0, PredictedDynamics.Coordinates(next, PredictedDynamics.Step(now, next, v, eta)).X.item<double>(), 1e-12);
        var ahead = FixedFrameDynamics.Step(now, v, eta);
        Assert.True(Math.Abs(next.Direction.dot(ahead).ToDouble()) > 1e-7);
        Assert.Equal(0, now.Direction.dot(ahead).ToDouble(), 1e-9);
    }
}
