using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Models;

namespace Brink.Tests.Dynamics.Stabilization;

/// <summary>More than one direction at the edge of stability.</summary>
public class SeveralDirectionsTests
{
    private const double Eta = 0.35, Threshold = 2 / Eta;

    private static readonly EigenpairParameters Tracking = new(1, 1e-9);

    /// <summary>A small network with four outputs whose constrained trajectory eventually holds three eigenvalues.</summary>
    private static DifferentiableSum Network => Networks.Loss(Model, samples: 40, microBatch: 40);

    private static Mlp Model => new([5, 12, 4], Activation.Tanh);

    private static Tensor AtTheEdge()
    {
        var single = Networks.Loss(Model, samples: 40, microBatch: 40, precision: ScalarType.Float32);
        var end = new RunToInstability(single, Eta, new EigenpairParameters(1, 1e-4), 5000).Run(Model.Initial(1).to(ScalarType.Float32));
        Assert.Equal(InstabilityOutcome.Reached, end.Outcome);
        return end.Theta.to(ScalarType.Float64);
    }

    [Fact, Trait("speed", "slow")]
    public void Three_directions_are_held_and_every_step_is_on_the_stable_set()
    {
        // Against a dense Hessian from differences of gradients: independent of the tracker and of the second derivatives under test.
        using var scope = NewDisposeScope();
        var objective = Network;
        var (held, directions) = (new List<int>(), new List<long>());
        Loop.Run(new ConstrainedTrajectory(objective, Eta, Tracking), AtTheEdge(), 300, [(step, point) =>
        {
            using var inner = NewDisposeScope();
            Assert.True(point.Projection.Converged);
            Assert.InRange(point.Alignment, 0, 1e-6 * point.GradientNorm);
            held.Add(point.Projection.Held);
            directions.Add(point.Directions.shape[0]);
            if (step % 5 != 0) return null;
            var (values, vectors) = linalg.eigh(Networks.DifferencedHessian(objective, point.Theta));
            var k = (int)point.Directions.shape[0];
            Assert.InRange(values[^1].ToDouble(), 0, Threshold * (1 + 1e-6));
            // As many eigenvalues are at the edge as are held, and the frame spans the top eigenvectors.
            for (var i = 0; i < held[^1]; i++) Assert.Equal(Threshold, values[-1 - i].ToDouble(), 1e-6 * Threshold);
            Assert.InRange(values[-1 - k].ToDouble(), 0, ConstrainedTrajectory.JoinFraction * Threshold * 1.001);
            var top = vectors.narrow(1, vectors.shape[0] - k, k).t();
            Assert.InRange(Orthonormal.ProjectOut(point.Directions, top).norm().ToDouble(), 0, 1e-5);
            Assert.InRange(top.mv(point.Expansion.Gradient).norm().ToDouble(), 0, 1e-5 * point.GradientNorm);
            return null;
        }]);
        Assert.Equal(3, held.Max());
        Assert.InRange(held.Count(number => number == 3), 20, 300);
        Assert.Equal(2, held[^1]);   // and one is released again
        Assert.InRange(directions.Max(), 3, 4);
        Assert.Equal(1, directions[0]);
    }

    [Fact]
    public void A_projection_moves_along_normals_by_nonnegative_multipliers()
    {
        // The conditions of the nearest point: the displacement is a combination of normals with multipliers at least 0, and
        // of the directions.
        using var scope = NewDisposeScope();
        using var now = WithDirections(2);
        using var next = new ConstrainedTrajectory(Network, Eta, Tracking).Step(now);
        var displacement = next.Theta - (now.Theta - (Eta * now.Expansion.Gradient));
        var basis = cat([next.Normals, next.Directions]);
        var combination = linalg.lstsq(basis.t(), displacement.unsqueeze(1)).Solution.squeeze(1);
        Assert.InRange((basis.t().mv(combination) - displacement).norm().ToDouble(), 0, 0.03 * displacement.norm().ToDouble());
        var multipliers = -SymmetricVector.Matrix(combination.narrow(0, 0, next.Normals.shape[0]));
        var (least, most) = (linalg.eigvalsh(multipliers).min().ToDouble(), linalg.eigvalsh(multipliers).max().ToDouble());
        Assert.InRange(least, -0.03 * most, most);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Predicted_dynamics_on_the_toy_of_k_directions_is_gradient_descent(int k)
    {
        // L(x,w) = x.((2/eta) I + W) x / 2 - <A,W>, W symmetric: descent is x' = -(I + eta W) x, W' = W + eta (A - x x^T / 2)
        // without a remainder, and the constrained trajectory stays at the origin, where the growth of W is stopped in all directions.
        const double eta = 0.05;
        using var scope = NewDisposeScope();
        var m = SymmetricVector.Length(k);
        var root = Networks.Uniform(3, k, k);
        var A = root.mm(root.t()) + (0.2 * eye(k, dtype: ScalarType.Float64));
        var Q = SymmetricVector.Basis(k);
        var toy = new DifferentiableSum(k + m + 2, ScalarType.Float64, 1, (theta, _) =>
        {
            var (x, w) = (theta.narrow(0, 0, k), theta.narrow(0, k, m));
            var W = Q.t().mv(w).view(k, k);
            var flat = theta.narrow(0, k + m, 2);   // curvature far below the edge
            return ((2 / eta) * x.dot(x) / 2) + (x.dot(W.mv(x)) / 2) - w.dot(SymmetricVector.Of(A)) + flat.dot(flat);
        });
        var trajectory = new ConstrainedTrajectory(toy, eta, Tracking, Tolerance: 1e-13);
        using var start = trajectory.Start(zeros(toy.Dimension, dtype: ScalarType.Float64));
        using var rest = trajectory.Step(start);
        Assert.Equal(k, rest.Directions.shape[0]);
        Assert.Equal(k, rest.Projection.Held);
        Assert.InRange(rest.Theta.norm().ToDouble(), 0, 1e-9);
        // Sigma / 2 = A in the frame's coordinates.
        var turn = rest.Directions.narrow(1, 0, k);
        Assert.InRange(((rest.Covariance / 2) - turn.mm(A).mm(turn.t())).norm().ToDouble(), 0, 1e-8);

        var (position, width) = (0.05 * Networks.Uniform(4, k), 0.1 * (Networks.Uniform(5, k, k) + Networks.Uniform(5, k, k).t()));
        var v = cat([position, SymmetricVector.Of(width), zeros(2, dtype: ScalarType.Float64)]);
        var generalized = v.clone();
        for (var step = 0; step < 60; step++)
        {
            (position, width) = (-(position + (eta * width.mv(position))), width + (eta * (A - (position.outer(position) / 2))));
            v = PredictedDynamics.Step(rest, rest, v, eta);
            generalized = GeneralizedPredictedDynamics.Step(toy, rest, rest, generalized, eta);
            var exact = cat([position, SymmetricVector.Of(width), zeros(2, dtype: ScalarType.Float64)]);
            Assert.InRange((v - exact).norm().ToDouble(), 0, 1e-8 * Math.Max(1, exact.norm().ToDouble()));
            Assert.InRange((generalized - exact).norm().ToDouble(), 0, 1e-8 * Math.Max(1, exact.norm().ToDouble()));
        }
    }

    [Fact]
    public void One_predicted_step_errs_at_the_order_of_the_theory()
    {
        // As with one direction: displacement s x along the directions and s^2 orthogonal to them.
        using var scope = NewDisposeScope();
        using var now = WithDirections(2, new ConstrainedTrajectory(Network, Eta, new EigenpairParameters(1, 1e-12), Tolerance: 1e-11));
        var w = now.Normals[0] / now.Normals[0].norm();
        var x = tensor(new[] { 1.0, -0.6 });
        var errors = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        foreach (var s in new[] { 0.08, 0.04, 0.02 })
        {
            using var inner = NewDisposeScope();
            var v = (s * now.Directions.t().mv(x)) + (2 * s * s * w);
            var exact = v - (Eta * (Network.LossAndGradient(now.Theta + v).Gradient - now.Expansion.Gradient));
            var held = Eta / 2 * now.Normals.t().mv(SymmetricVector.Of(now.Covariance));
            // In the frame of this step, and without the displacement of the projection.
            var step = PredictedDynamics.OrthogonalStep(now, v, now.Directions.mv(v), Eta);
            var predicted = PredictedDynamics.InFrame(now, step, zeros_like(x)) - held;
            var (position, Y) = PredictedDynamics.Coordinates(now, v);
            var standard = position - (Eta * (now.Curvature + Y).mv(position));
            var generalized = position - (Eta * GeneralizedPredictedDynamics.Force(Network, now, position)) - (Eta * Y.mv(position));
            Add("standard", now.Directions.mv(exact) - standard);
            Add("generalized", now.Directions.mv(exact) - generalized);
            Add("orthogonal", Orthonormal.ProjectOut(exact - predicted, now.Directions));
        }
        AssertOrder("standard", 2);
        AssertOrder("generalized", 4);
        AssertOrder("orthogonal", 3);

        void Add(string name, Tensor error)
        {
            if (!errors.TryGetValue(name, out var list)) errors[name] = list = [];
            list.Add(error.norm().ToDouble());
        }

        void AssertOrder(string name, double order) =>
            Assert.InRange(Math.Log2(errors[name][1] / errors[name][2]), order - 0.3, order + 0.3);
    }

    [Fact]
    public void A_step_of_the_prediction_equals_the_formula_in_matrices_even_where_a_direction_joins()
    {
        // Written out with loops over the directions, dense projectors and a dense Hessian.
        using var scope = NewDisposeScope();
        var trajectory = new ConstrainedTrajectory(Network, Eta, Tracking);
        using var now = WithDirections(2);
        using var plain = trajectory.Step(now);
        AssertFormula(now, plain);
        var (before, after) = Joining();
        using (before) using (after)
        {
            Assert.Equal(before.Directions.shape[0] + 1, after.Directions.shape[0]);
            AssertFormula(before, after);
            // The shift moved the constrained point to the minimum of the new direction; the predicted point does not move.
            Assert.InRange(after.Projection.Shift!.norm().ToDouble(), 1e-9, 1);
        }
    }

    [Fact]
    public void A_direction_leaves_when_its_eigenvalue_has_fallen()
    {
        using var scope = NewDisposeScope();
        var trajectory = new ConstrainedTrajectory(Quadratic(0.99, 0.97, 0.96), Eta, Tracking);
        using var three = trajectory.Start(ones(6, dtype: ScalarType.Float64));
        Assert.Equal(3, three.Directions.shape[0]);
        using var unchanged = (trajectory with { Objective = Quadratic(0.99, 0.97, 0.92) }).Step(three);
        Assert.Equal(3, unchanged.Directions.shape[0]);   // between both thresholds nothing changes
        using var two = (trajectory with { Objective = Quadratic(0.99, 0.97, 0.85) }).Step(three);
        Assert.Equal(2, two.Directions.shape[0]);
        using var one = (trajectory with { Objective = Quadratic(0.99, 0.6, 0.5) }).Step(three);
        Assert.Equal(1, one.Directions.shape[0]);
        Assert.False(one.Active);

        static DifferentiableSum Quadratic(params double[] shares) => new(6, ScalarType.Float64, 1, (theta, _) =>
            (theta.square() * tensor((double[])[.. shares.Select(share => share * Threshold), 0.3, 0.2, 0.1])).sum() / 2);
    }

    [Theory]
    [InlineData(1e4)]     // the loss itself is beyond the largest double
    [InlineData(177.3)]   // the loss is not, its derivatives are
    public void An_overflowing_loss_gives_a_point_that_has_not_converged(double where)
    {
        using var scope = NewDisposeScope();
        var loss = new DifferentiableSum(4, ScalarType.Float64, 1, (theta, _) => (4 * theta).exp().sum() + theta.square().sum());
        var theta = full(4, where, dtype: ScalarType.Float64) + tensor(new[] { 0.0, 0.1, 0.2, 0.3 });
        using var point = new ConstrainedTrajectory(loss, Eta, Tracking).Start(theta);
        Assert.False(point.Projection.Converged);
        using var next = new ConstrainedTrajectory(loss, Eta, Tracking).Step(point);
        Assert.False(next.Projection.Converged);
    }

    [Fact]
    public void Directions_continue_from_step_to_step_even_if_eigenvalues_are_equal()
    {
        using var scope = NewDisposeScope();
        using var now = WithDirections(2);
        using var next = new ConstrainedTrajectory(Network, Eta, Tracking).Step(now);
        Assert.Equal(2, next.Projection.Held);   // two equal eigenvalues: their eigenvectors are not unique
        var overlap = next.Directions.mm(now.Directions.t());
        Assert.InRange((overlap - eye(2, dtype: ScalarType.Float64)).abs().max().ToDouble(), 0, 0.05);
    }

    [Fact]
    public void Prediction_follows_descent_with_two_directions()
    {
        using var scope = NewDisposeScope();
        using var held = WithDirections(2);
        var objective = Network;
        var dynamics = new SelfStabilization(
            new GradientDescent(objective, Eta),
            new GradientFlow(objective, Eta, 1e-5),
            new ConstrainedTrajectory(objective, Eta, Tracking));
        // A displacement along both directions, as descent would have by now.
        var theta = held.Theta + held.Directions.t().mv(tensor(new[] { 0.01, -0.01 }));
        var (largest, worst, directions) = (0.0, 0.0, 0L);
        Loop.Run(dynamics, theta, 40, [(_, state) =>
        {
            using var inner = NewDisposeScope();
            directions = Math.Max(directions, state.Constrained.Directions.shape[0]);
            var displacement = state.Descent.Theta - state.Constrained.Theta;
            largest = Math.Max(largest, displacement.norm().ToDouble());
            worst = Math.Max(worst, (displacement - state.Displacement(SelfStabilization.GeneralizedName)!).norm().ToDouble());
            return null;
        }]);
        Assert.InRange(directions, 2, 3);
        Assert.InRange(largest, 0.03, 1);
        Assert.InRange(worst, 0, 0.25 * largest);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var trajectory = new ConstrainedTrajectory(Network, Eta, Tracking);
        using var now = WithDirections(2);
        var v = 0.01 * Networks.Uniform(1, Network.Dimension);
        Live.AssertUnchanged(() => trajectory.Start(now.Theta).Dispose());
        Live.AssertUnchanged(() => trajectory.Step(now).Dispose());
        using var next = trajectory.Step(now);
        Live.AssertUnchanged(() => PredictedDynamics.Step(now, next, v, Eta).Dispose());
        Live.AssertUnchanged(() => GeneralizedPredictedDynamics.Step(trajectory.Objective, now, next, v, Eta).Dispose());
        var problem = new ConeProblem(-now.Curvature, now.Stabilization);
        Live.AssertUnchanged(() => problem.Solve().X.Dispose());
    }

    private static void AssertFormula(ConstrainedPoint now, ConstrainedPoint next)
    {
        using var scope = NewDisposeScope();
        var (p, k) = (now.Theta.shape[0], (int)now.Directions.shape[0]);
        var v = 0.1 * Networks.Uniform(8, p);
        var one = eye(p, dtype: ScalarType.Float64);
        var H = now.Expansion.HessianTimes(one);
        var U = now.Directions;
        var P = one - U.t().mm(U);
        var x = U.mv(v);
        var orthogonal = (one - (Eta * H)).mv(P.mv(v));
        var along = x.clone();
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                var normal = P.mv(now.Expansion.ThirdDerivative(U[i], U[j]));
                orthogonal = orthogonal + (Eta / 2 * (now.Covariance[i, j] - (x[i] * x[j])) * normal);
                along[i] -= Eta * (U[i].dot(H.mv(U[j])) + normal.dot(v)) * x[j];
            }
        }
        var arrival = next.Projection.FrameBeforeChange ?? next.Directions;
        var expected = orthogonal - arrival.t().mv(arrival.mv(orthogonal)) + arrival.t().mv(along)
            - (next.Projection.Shift ?? zeros_like(v));
        Assert.InRange(Networks.Relative(PredictedDynamics.Step(now, next, v, Eta), expected), 0, 1e-9);
    }

    /// <summary>The first point of the constrained trajectory at which so many directions are held.</summary>
    private static ConstrainedPoint WithDirections(int held, ConstrainedTrajectory? trajectory = null) =>
        Until(
            trajectory ?? new(Network, Eta, Tracking),
            (_, next) => next.Projection.Held == held && next.Directions.shape[0] == held).After;

    /// <summary>The first two points between which a direction joins.</summary>
    private static (ConstrainedPoint Before, ConstrainedPoint After) Joining() =>
        Until(new(Network, Eta, Tracking), (before, next) => next.Directions.shape[0] > before.Directions.shape[0], keepBefore: true);

    private static (ConstrainedPoint Before, ConstrainedPoint After) Until(
        ConstrainedTrajectory trajectory, Func<ConstrainedPoint, ConstrainedPoint, bool> found, bool keepBefore = false)
    {
        var point = trajectory.Start(AtTheEdge());
        for (var step = 0; step < 200; step++)
        {
            var next = trajectory.Step(point);
            if (found(point, next))
            {
                if (!keepBefore) point.Dispose();
                return (point, next);
            }
            point.Dispose();
            point = next;
        }
        throw new InvalidOperationException("not found in 200 steps");
    }
}
