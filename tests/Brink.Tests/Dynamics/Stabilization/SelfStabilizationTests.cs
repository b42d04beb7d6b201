using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Dynamics.Stabilization;

public class SelfStabilizationTests
{
    private const double Eta = 0.05, Alpha = 1, Beta = 1;

    private static readonly EigenpairParameters Tracking = new(1, 1e-9);

    /// <summary>The exact toy (docs/reference/papers.md): L = (1/2)(2/eta + sqrt(beta) w) x^2 - (alpha / sqrt(beta)) w,
    /// theta = (x, w).</summary>
    private static DifferentiableSum Toy => new(2, ScalarType.Float64, 1, (t, _) =>
        (((2 / Eta) + (Math.Sqrt(Beta) * t[1])) * t[0] * t[0] / 2) - (Alpha / Math.Sqrt(Beta) * t[1]));

    private static SelfStabilization On(IObjective objective, double eta) => new(
        new GradientDescent(objective, eta),
        new GradientFlow(objective, eta, 1e-6),
        new ConstrainedTrajectory(objective, eta, Tracking));

    [Fact]
    public void Toy_quantities_agree_with_the_theory()
    {
        using var scope = NewDisposeScope();
        using var point = new ConstrainedTrajectory(Toy, Eta, Tracking).Start(tensor(new[] { 1e-3, 0.2 }));
        Assert.Equal(2 / Eta, point.Sharpness, 1e-6);
        Assert.Equal(0.0, point.Theta.norm().ToDouble(), 1e-6);   // M is the half-line x = 0, w at most 0; its end is the origin
        Assert.True(point.Active);
        Assert.Equal(Alpha, point.Alpha, 1e-5);
        Assert.Equal(Beta, point.Beta, 1e-5);
        Assert.Equal(2 * Alpha / Beta, point.DeltaSquared, 1e-5);
        Assert.Equal(1, point.Gamma, 1e-5);
        Assert.Equal(0, point.Slopes.item<double>(), 1e-5);
        Assert.Equal(2 * Alpha / Beta, point.Covariance.item<double>(), 1e-5);
    }

    [Theory]
    [InlineData(1e-3, 0.0)]
    [InlineData(1e-2, 0.3)]
    [InlineData(-5e-3, 0.1)]
    public void Predicted_dynamics_on_the_toy_is_gradient_descent(double x0, double w0)
    {
        using var scope = NewDisposeScope();
        var dynamics = On(Toy, Eta);
        // The frame is at the edge exactly: the constrained trajectory stays at the origin, whatever point it was
        // projected from.
        using var frame = new ConstrainedTrajectory(Toy, Eta, Tracking, Tolerance: 1e-14).Start(zeros(2, dtype: ScalarType.Float64));
        using var active = new ConstrainedTrajectory(Toy, Eta, Tracking, Tolerance: 1e-14).Step(frame);
        Assert.True(active.Active);
        var (x, w) = (x0, w0);
        var standard = tensor(new[] { x0, w0 });
        var generalized = standard.clone();
        for (var step = 0; step < 200; step++)
        {
            // Descent on the toy, written out independently of the code under test.
            (x, w) = (
                x - (Eta * (((2 / Eta) + (Math.Sqrt(Beta) * w)) * x)),
                w - (Eta * ((Math.Sqrt(Beta) * x * x / 2) - (Alpha / Math.Sqrt(Beta)))));
            standard = PredictedDynamics.Step(frame, active, standard, Eta);
            generalized = GeneralizedPredictedDynamics.Step(Toy, frame, active, generalized, Eta);
            Assert.Equal(x, standard[0].ToDouble(), 1e-9);
            Assert.Equal(w, standard[1].ToDouble(), 1e-9);
            Assert.Equal(x, generalized[0].ToDouble(), 1e-9);
            Assert.Equal(w, generalized[1].ToDouble(), 1e-9);
        }
        Assert.NotEqual(w0, w);
    }

    [Fact]
    public void One_predicted_step_errs_at_the_order_of_the_theory()
    {
        // Displacement s x along u and s^2 orthogonal to it: the omitted terms orthogonal to u are of order s^3. Along u the
        // standard prediction leaves out s^2 (u . grad S) / 2, the generalized one only s^4.
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        // On M up to rounding: a remaining u . g would appear as an error of order zero.
        using var now = new ConstrainedTrajectory(objective, eta, new EigenpairParameters(1, 1e-13), Tolerance: 1e-12).Start(theta);
        var w = now.SharpnessGradient / now.SharpnessGradient.norm();
        double[] scales = [0.08, 0.04, 0.02];
        var slopes = new Dictionary<string, List<double>>();
        foreach (var s in scales)
        {
            using var inner = NewDisposeScope();
            var v = (s * now.Direction) + (s * s * 2 * w);
            var exact = v - (eta * (objective.LossAndGradient(now.Theta + v).Gradient - now.Expansion.Gradient));
            // Without the displacement of the projection, which does not depend on v, and in the frame of this step.
            var standard = WithoutProjection(now, PredictedDynamics.Step(now, now, v, eta), eta);
            var generalized = WithoutProjection(now, GeneralizedPredictedDynamics.Step(objective, now, now, v, eta), eta);
            Add("standard, along u", now.Direction.dot(standard - exact));
            Add("generalized, along u", now.Direction.dot(generalized - exact));
            Add("orthogonal to u", Orthonormal.ProjectOut(standard - exact, now.Directions).norm());
        }
        AssertSlope("standard, along u", 2);
        AssertSlope("generalized, along u", 4);
        AssertSlope("orthogonal to u", 3);

        void Add(string name, Tensor error)
        {
            if (!slopes.TryGetValue(name, out var errors)) slopes[name] = errors = [];
            errors.Add(Math.Abs(error.ToDouble()));
        }

        void AssertSlope(string name, double order)
        {
            var errors = slopes[name];
            Assert.InRange(Math.Log2(errors[1] / errors[2]), order - 0.25, order + 0.25);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_step_of_the_prediction_equals_the_formula_in_matrices(bool active)
    {
        // Between two points whose eigenvectors differ: the frame rotates. Written out with dense projectors and a dense Hessian.
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var trajectory = new ConstrainedTrajectory(objective, active ? eta : eta / 2, Tracking);
        using var start = trajectory.Start(theta);
        using var now = trajectory.Step(start);
        Assert.Equal(active, now.Active);
        using var next = trajectory.Start(now.Theta + (0.05 * Networks.Uniform(9, objective.Dimension)));
        using var stepped = trajectory.Step(now);
        var to = active ? stepped : next;
        Assert.Equal(active, to.Active);
        Assert.NotEqual(0, (now.Direction - to.Direction).norm().ToDouble());
        var v = 0.1 * Networks.Uniform(8, objective.Dimension);

        var one = eye(objective.Dimension, dtype: ScalarType.Float64);
        Tensor P(ConstrainedPoint at) => one - at.Direction.outer(at.Direction);
        var H = now.Expansion.HessianTimes(one);
        var (x, y) = (now.Direction.dot(v).ToDouble(), now.SharpnessGradient.dot(v).ToDouble());
        var delta2 = active
            ? -2 * now.Expansion.Gradient.dot(now.SharpnessGradient).ToDouble() / now.SharpnessGradient.square().sum().ToDouble()
            : 0;
        var orthogonal = P(to).mv((one - (eta * H)).mv(P(now).mv(v))) + (eta * (delta2 - (x * x)) / 2 * P(to).mv(now.SharpnessGradient));
        var standard = orthogonal + (x * (1 - (eta * now.Sharpness) - (eta * y)) * to.Direction);
        Assert.InRange(Networks.Relative(PredictedDynamics.Step(now, to, v, eta), standard), 0, 1e-12);
        var force = now.Direction.dot(objective.LossAndGradient(now.Theta + (x * now.Direction)).Gradient).ToDouble();
        var generalized = orthogonal + ((x - (eta * force) - (eta * x * y)) * to.Direction);
        Assert.InRange(Networks.Relative(GeneralizedPredictedDynamics.Step(objective, now, to, v, eta), generalized), 0, 1e-12);
    }

    [Fact]
    public void Constrained_trajectory_stays_on_the_stable_set()
    {
        // Checked against a dense Hessian from differences of gradients: independent of the tracker and of the
        // second derivatives under test.
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        Loop.Run(new ConstrainedTrajectory(objective, eta, Tracking), theta, 60, [(step, point) =>
        {
            Assert.True(point.Projection.Converged);
            Assert.InRange(Math.Abs(point.Alignment), 0, 1e-6 * point.GradientNorm);
            Assert.True(point.Sharpness <= 2 / eta * (1 + 1e-6));
            if (point.Active) Assert.Equal(2 / eta, point.Sharpness, 1e-6 * 2 / eta);
            if (step % 10 == 0)
            {
                using var inner = NewDisposeScope();
                var (values, vectors) = linalg.eigh(Networks.DifferencedHessian(objective, point.Theta));
                Assert.Equal(values[^1].ToDouble(), point.Sharpness, 1e-7 * point.Sharpness);
                Assert.InRange(Math.Abs(vectors[.., ^1].dot(point.Expansion.Gradient).ToDouble()), 0, 2e-6 * point.GradientNorm);
            }
            return null;
        }]);
    }

    [Fact]
    public void The_constraint_becomes_active_and_then_moves_by_alpha_over_beta()
    {
        // Along an active stretch the multiplier of a step is eta alpha / beta times beta = eta alpha, up to
        // order eta^2.
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var active = new List<(double Multiplier, double Expected)>();
        double? alpha = null;
        Loop.Run(new ConstrainedTrajectory(objective, eta, Tracking), theta, 60, [(_, point) =>
        {
            if (point.Active && alpha is { } before) active.Add((point.Projection.Multiplier, eta * before));
            alpha = point.Active ? point.Alpha : null;
            return null;
        }]);
        Assert.InRange(active.Count, 30, 60);
        Assert.All(active.Skip(5), pair => Assert.InRange(pair.Multiplier / pair.Expected, 0.9, 1.1));
    }

    [Fact]
    public void The_projection_does_not_depend_on_the_coupling_carried_into_it()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var trajectory = new ConstrainedTrajectory(objective, eta, Tracking, Tolerance: 1e-9);
        using var one = trajectory.Start(theta);
        using var two = trajectory.Step(one);
        using var fresh = trajectory.Start(one.Theta - (eta * one.Expansion.Gradient));
        // Both end on M; they differ by less than a thousandth of the step between them.
        Assert.InRange((two.Theta - fresh.Theta).norm().ToDouble(), 0, 1e-3 * (two.Theta - one.Theta).norm().ToDouble());
    }

    [Fact]
    public void All_trajectories_start_together_and_prediction_follows_descent_through_a_burst()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var threshold = 2 / eta;
        var (largest, worst) = (0.0, 0.0);
        Loop.Run(On(objective, eta), theta, 60, [(step, state) =>
        {
            using var inner = NewDisposeScope();
            var displacement = state.Descent.Theta - state.Constrained.Theta;
            if (step == 0) Assert.Equal(0, (displacement - state.Displacement(SelfStabilization.PredictedName)!).norm().ToDouble(), 1e-15);
            var (_, y) = PredictedDynamics.Coordinates(state.Constrained, displacement);
            var (_, predicted) = PredictedDynamics.Coordinates(state.Constrained, state.Displacement(SelfStabilization.GeneralizedName)!);
            largest = Math.Max(largest, y.abs().max().ToDouble() / threshold);
            worst = Math.Max(worst, (y - predicted).abs().max().ToDouble() / threshold);
            return null;
        }]);
        Assert.InRange(largest, 0.01, 1);          // the sharpness oscillated
        Assert.InRange(worst, 0, 0.35 * largest);  // as predicted
    }

    [Fact]
    public void A_diverged_prediction_is_dropped_and_the_others_continue()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var dynamics = On(objective, eta);
        using var start = dynamics.Start(theta);
        // So far along u that the quadratic force makes the prediction diverge; descent is unchanged.
        var far = Math.Max(1, start.Constrained.Theta.norm().ToDouble()) * start.Constrained.Direction;
        var snapshot = new Snapshot();
        dynamics.Save(start, snapshot);
        snapshot.Part(SelfStabilization.PredictedName).Tensors["predicted.displacement"].copy_(far);
        var state = dynamics.Restored(snapshot);
        var divergedAt = -1;
        for (var step = 1; step <= 12; step++)
        {
            var next = dynamics.Step(state);
            state.Dispose();
            state = next;
            if (state[SelfStabilization.PredictedName] is null && divergedAt < 0) divergedAt = step;
            Assert.Equal(divergedAt < 0, state[SelfStabilization.PredictedName] is not null);   // it does not return
            Assert.NotNull(state[SelfStabilization.GeneralizedName]);
            Assert.InRange(state.Descent.Loss, 0, 10);
        }
        state.Dispose();
        Assert.InRange(divergedAt, 1, 12);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        Live.AssertUnchanged(() => Loop.Run(On(objective, eta), theta, 3, []));
        Live.AssertUnchanged(() => new ConstrainedTrajectory(objective, eta, Tracking).Start(theta).Dispose());
    }

    /// <summary>v_{t+1} in the frame of step t, without the contribution of the active projection.</summary>
    private static Tensor WithoutProjection(ConstrainedPoint at, Tensor predicted, double eta) =>
        predicted - (eta / 2 * at.Normals.t().mv(SymmetricVector.Of(at.Covariance)));
}
