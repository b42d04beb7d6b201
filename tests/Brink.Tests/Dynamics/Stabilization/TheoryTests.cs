using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Dynamics.Stabilization;

/// <summary>The foundations of the theory, measured: assumptions, the kernel beta, the system of two variables.</summary>
public class TheoryTests
{
    private static readonly EigenpairParameters Tracking = new(1, 1e-10);

    [Fact]
    public void Predicted_excess_is_the_sum_over_the_kernels()
    {
        // The lemma that solves the predicted dynamics: y_{t+1} = eta sum_s beta_{s->t} (delta_s^2 - x_s^2) / 2 from a start
        // along u. The kernels do not use the prediction.
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var trajectory = new ConstrainedTrajectory(objective, eta, Tracking);
        using var first = trajectory.Start(theta);
        var point = trajectory.Step(first);
        var v = 0.02 * point.Direction;
        List<(StabilizationKernel Kernel, double Drive)> kernels = [];
        for (var t = 0; t < 12; t++)
        {
            var next = trajectory.Step(point);
            var (x, _) = PredictedDynamics.Coordinates(point, v);
            kernels.Add((StabilizationKernel.From(t, point), (point.Covariance - x.outer(x)).item<double>() / 2));
            v = PredictedDynamics.Step(point, next, v, eta);
            var y = PredictedDynamics.Coordinates(next, v).Y.item<double>();
            var sum = eta * kernels.Sum(pair => pair.Kernel.At(next) * pair.Drive);
            Assert.Equal(sum, y, 1e-9 * Math.Max(1, Math.Abs(y)));
            for (var i = 0; i < kernels.Count; i++)
            {
                using var old = kernels[i].Kernel;
                kernels[i] = (old.Step(next, eta), kernels[i].Drive);
            }
            point.Dispose();
            point = next;
        }
        point.Dispose();
        foreach (var (kernel, _) in kernels) kernel.Dispose();
    }

    [Fact]
    public void A_kernel_starts_with_beta()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        using var point = new ConstrainedTrajectory(objective, eta, Tracking).Start(theta);
        using var kernel = StabilizationKernel.From(0, point);
        Assert.Equal(point.Beta, kernel.At(point), 1e-12 * point.Beta);
    }

    [Fact]
    public void Assumptions_agree_with_their_formulas_in_dense_derivatives()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        using var at = new ConstrainedTrajectory(objective, eta, Tracking).Start(theta);
        var v = Networks.Uniform(5, objective.Dimension);
        var assumptions = Assumptions.At(objective, at, v);

        var H = Networks.DifferencedHessian(objective, at.Theta);
        var u = at.Direction;
        Tensor OrthogonalUnit(Tensor w) => (w - (u * u.dot(w))) / (w - (u * u.dot(w))).norm();
        var (displacement, gradient) = (OrthogonalUnit(v), OrthogonalUnit(at.Expansion.Gradient));
        Assert.Equal(displacement.dot(H.mv(displacement)).abs().ToDouble() / at.Sharpness, assumptions.HessianV, 1e-6);
        Assert.Equal(gradient.dot(H.mv(gradient)).abs().ToDouble() / at.Sharpness, assumptions.HessianGradient, 1e-6);
        Assert.Equal(Third(displacement), assumptions.ThirdV * assumptions.Rho3, 1e-5 * assumptions.Rho3);
        Assert.Equal(Third(gradient), assumptions.ThirdGradient * assumptions.Rho3, 1e-5 * assumptions.Rho3);
        Assert.InRange(assumptions.ThirdV, 0, 1);
        Assert.InRange(assumptions.ThirdGradient, 0, 1);
        // A norm is at least the value along any direction.
        Assert.InRange(at.Slopes[0, 0].abs().ToDouble(), 0, assumptions.Rho3);

        double Third(Tensor w)
        {
            const double h = 1e-4;
            var difference = (objective.LossAndGradient(at.Theta + (h * w)).Gradient
                - (2 * at.Expansion.Gradient) + objective.LossAndGradient(at.Theta - (h * w)).Gradient) / (h * h);
            return difference.norm().ToDouble();
        }
    }

    [Fact]
    public void Norms_of_the_derivatives_of_a_known_function_are_found()
    {
        // L = a (b.theta)^3 / 6 + c (b.theta)^4 / 24 with a unit b: at 0 rho3 = |a| and rho4 = |c|, along b.
        using var scope = NewDisposeScope();
        var b = Networks.Uniform(6, 8);
        b = b / b.norm();
        var loss =
            new DifferentiableSum(8, ScalarType.Float64, 1, (theta, _) => (-3 * b.dot(theta).pow(3) / 6) + (7 * b.dot(theta).pow(4) / 24));
        var origin = zeros(8, dtype: ScalarType.Float64);
        using var expansion = loss.ExpandAt(origin);
        var start = Networks.Uniform(7, 8);
        start = start / start.norm();
        Assert.Equal(3, Assumptions.Norm(start, w => expansion.ThirdDerivative(w, w)), 1e-9);
        Assert.Equal(7, Assumptions.Norm(start, w => Assumptions.FourthDerivative(loss, origin, w)), 1e-6);
    }

    [Fact]
    public void A_norm_is_found_from_a_start_that_first_leads_to_a_zero_of_the_derivative()
    {
        // L = x^2 y / 2: D3L(w,w) = (2 x y, x^2), which is (0,1) at (1,0), and 0 there; rho3 = 3 x^2 y at x^2 = 2/3.
        using var scope = NewDisposeScope();
        var loss = new DifferentiableSum(2, ScalarType.Float64, 1, (theta, _) => theta[0].square() * theta[1] / 2);
        using var expansion = loss.ExpandAt(zeros(2, dtype: ScalarType.Float64));
        Assert.Equal(2 / Math.Sqrt(3), Assumptions.Norm(tensor(new[] { 1.0, 0 }), w => expansion.ThirdDerivative(w, w)), 1e-2);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1.0)]
    [InlineData(4.0)]
    public void Orbits_are_closed_and_conserve_their_energy(double largest)
    {
        var system = new CubicSystem(1.7, 0.6, 0.01);
        var orbit = system.Orbit(largest);
        Assert.Equal(orbit[0].X, orbit[^1].X, 1e-10);
        Assert.All(orbit, point => Assert.Equal(system.Energy(system.Delta, largest), system.Energy(point.X, point.Y), 1e-6));
        Assert.Equal(largest, orbit.Max(point => point.Y), 0.02 * largest);
        Assert.True(orbit.Min(point => point.X) < system.Delta && orbit.Max(point => point.X) > system.Delta);
    }

    [Fact]
    public void Steps_with_a_small_learning_rate_go_round_an_orbit_in_its_period()
    {
        var system = new CubicSystem(1.7, 0.6, 1e-4);
        var (x, y) = (system.Delta, 0.02);
        var energy = system.Energy(x, y);
        var crossings = new List<int>();
        for (var step = 1; step < 2.2 * system.Period; step++)
        {
            var before = y;
            (x, y) = system.Step(x, y);
            if (before < 0 && y >= 0) crossings.Add(step);
        }
        Assert.Equal(2, crossings.Count);
        Assert.Equal(system.Period, crossings[1] - crossings[0], 0.005 * system.Period);
        Assert.Equal(energy, system.Energy(x, y), 1e-4);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        using var at = new ConstrainedTrajectory(objective, eta, Tracking).Start(theta);
        var v = Networks.Uniform(5, objective.Dimension);
        Live.AssertUnchanged(() => Assumptions.At(objective, at, v));
        Live.AssertUnchanged(() =>
        {
            using var kernel = StabilizationKernel.From(0, at);
            kernel.Step(at, eta).Dispose();
        });
    }
}
