using Brink.Algebra;
using Brink.Dynamics;
using Brink.Objectives;
using Brink.Steering;
using Brink.Zoo.Models;

namespace Brink.Tests.Steering;

public sealed class SteeredDescentTests
{
    private static readonly Mlp Model = new([5, 12, 2], Activation.Swish);

    public static TheoryData<SteeringPolicy, UpdateRule> Policies
    {
        get
        {
            var data = new TheoryData<SteeringPolicy, UpdateRule>();
            foreach (var rule in new UpdateRule[] { new PlainRule(), new MomentumRule(0.9), new AdamRule() })
            {
                data.Add(new RollBackAndCut(), rule);
                data.Add(new RitzBoundedRollBack(new()), rule);
                data.Add(new SharpnessGuard(), rule);
                data.Add(new CurvatureDynamicsAwareTuning(), rule);
                data.Add(new CosineRate(50), rule);
            }
            data.Add(new PredictedBurst(), new PlainRule());
            return data;
        }
    }

    [Theory, MemberData(nameof(Policies))]
    public void A_restored_training_continues_bit_for_bit_and_leaks_no_tensor(SteeringPolicy policy, UpdateRule rule)
    {
        using var scope = NewDisposeScope();
        var loss = Networks.Loss(Model);
        var dynamics = new SteeredDescent(_ => loss, rule, policy, _ => rule is AdamRule ? 0.02 : 0.3);
        var state = After(dynamics, 12);
        var saved = new Snapshot();
        dynamics.Save(state, saved);
        using var on = Continued(dynamics, dynamics.Step(state), 4);
        using var also = Continued(dynamics, dynamics.Restored(saved), 5);
        Assert.Equal(on.Point.Theta.data<double>().ToArray(), also.Point.Theta.data<double>().ToArray());
        Assert.Equal(
            (on.Attempt, on.Steps, on.Last, on.Steering!.Multiple), (also.Attempt, also.Steps, also.Last, also.Steering!.Multiple));
        Assert.Equivalent(on.Bursts, also.Bursts, strict: true);
        Live.AssertUnchanged(() =>
        {
            using var restored = dynamics.Restored(saved);
            using var next = dynamics.Step(restored);
        });
        state.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_undone_step_returns_to_the_point_the_gradient_and_the_moments_of_its_start(bool isAdam)
    {
        using var scope = NewDisposeScope();
        UpdateRule rule = isAdam ? new AdamRule() : new MomentumRule(0.9);
        var loss = Networks.Loss(Model);
        var dynamics = new SteeredDescent(_ => loss, rule, new RollBackAndCut(), step => step < 6 ? 0.01 : 50);
        using var before = After(dynamics, 6);
        using var undone = dynamics.Step(before);
        Assert.Equal(SteeringDecision.Undo, undone.Last!.Decision);
        Assert.Equal((7, 6), (undone.Attempt, undone.Steps));
        Assert.Equal(before.Point.Theta.data<double>().ToArray(), undone.Point.Theta.data<double>().ToArray());
        Assert.Equal(before.Point.Gradient.data<double>().ToArray(), undone.Point.Gradient.data<double>().ToArray());
        // The second attempt differs from the first by the rate alone.
        using var small = dynamics.Step(undone);
        var (first, second) = (before.Steering!.Multiple, undone.Steering!.Multiple);
        Assert.Equal(0.7, second / first, 12);
        Assert.Equal(0.7, small.Last!.Multiple / undone.Last.Multiple, 12);
    }

    [Theory, InlineData(2.5), InlineData(30.0), InlineData(1e5)]
    public void Every_roll_back_policy_finds_the_minimum_of_a_quadratic_from_any_rate(double timesEdge)
    {
        using var scope = NewDisposeScope();
        foreach (var policy in new SteeringPolicy[] { new RollBackAndCut(), new RitzBoundedRollBack(new()) })
        {
            var dynamics = new SteeredDescent(_ => new Quadratic([4.0, 1.0, 0.5]), new PlainRule(), policy, _ => timesEdge * 2 / 4.0);
            using var end = After(dynamics, 400);
            // A fifth of the first loss is allowed at any point.
            Assert.True(end.Point.Loss <= 0.2 * 2.75, $"{policy}: loss {end.Point.Loss}");
        }
    }

    [Fact]
    public void Secants_show_the_curvature_of_their_span_and_bound_the_rest()
    {
        using var scope = NewDisposeScope();
        var diagonal = tensor(new[] { 9.0, 4.0, 2.0, 1.0, 0.5 });
        var steps = new[] { Networks.Uniform(1, 5), Networks.Uniform(2, 5), Networks.Uniform(3, 5) };
        RitzBoundedRollBack.Secant[] secants = [.. steps.Select(step => new RitzBoundedRollBack.Secant(step, diagonal * step))];
        var inside = (0.3 * steps[0]) - steps[1] + (2 * steps[2]);
        Assert.Equal(inside.dot(diagonal * inside).ToDouble(), RitzBoundedRollBack.Curvature(secants, inside), 8);
        // Twice the same step adds nothing.
        Assert.Equal(
            RitzBoundedRollBack.Curvature(secants, inside), RitzBoundedRollBack.Curvature([.. secants, secants[0]], inside), 6);
        var basis = linalg.qr(stack(steps).t()).Q;
        var projected = basis.t().mm(diag(diagonal)).mm(basis);
        var orthogonal = Networks.Uniform(4, 5);
        orthogonal -= basis.mv(basis.t().mv(orthogonal));
        Assert.Equal(
            linalg.eigvalsh(projected).max().ToDouble() * orthogonal.square().sum().ToDouble(),
            RitzBoundedRollBack.Curvature(secants, orthogonal),
            8);
    }

    [Fact]
    public void The_ritz_bound_holds_a_quadratic_below_the_threshold_where_the_plain_policy_has_to_undo()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, Undone(new RitzBoundedRollBack(new(Recovery: 2))));
        Assert.True(Undone(new RollBackAndCut(Recovery: 2)) > 5);

        static int Undone(SteeringPolicy policy)
        {
            // Two dimensions: two steps show all of the curvature. The first rate is safe, later ones are 20 times the edge.
            var dynamics = new SteeredDescent(
                _ => new Quadratic([4.0, 1.0]), new PlainRule(), policy, step => step < 4 ? 0.4 : 10);
            var (state, undone) = (dynamics.Start(ones(2, dtype: ScalarType.Float64)), 0);
            for (var attempt = 0; attempt < 60; attempt++)
            {
                var next = dynamics.Step(state);
                state.Dispose();
                state = next;
                if (state.Last!.Decision == SteeringDecision.Undo) undone++;
            }
            state.Dispose();
            return undone;
        }
    }

    [Theory, InlineData(0.0), InlineData(0.9)]
    public void The_guard_holds_the_rate_at_the_edge_of_the_optimizer(double beta)
    {
        using var scope = NewDisposeScope();
        UpdateRule rule = beta == 0 ? new PlainRule() : new MomentumRule(beta);
        var dynamics = new SteeredDescent(_ => new Quadratic([5.0, 1.0, 0.2]), rule, new SharpnessGuard(Tolerance: 1e-8), _ => 3);
        using var state = dynamics.Start(ones(3, dtype: ScalarType.Float64));
        Assert.Equal((2 + (2 * beta)) / 5, 3 * state.Steering!.Multiple, 6);
        var slow = dynamics with { LearningRate = _ => 0.1 };
        using var below = slow.Start(ones(3, dtype: ScalarType.Float64));
        Assert.Equal(1, below.Steering!.Multiple);
    }

    [Fact]
    public void The_guard_measures_in_the_metric_of_Adam()
    {
        using var scope = NewDisposeScope();
        double[] curvatures = [5, 1, 0.2];
        var dynamics = new SteeredDescent(_ => new Quadratic(curvatures), new AdamRule(), new SharpnessGuard(Tolerance: 1e-8), _ => 5);
        using var state = dynamics.Start(ones(3, dtype: ScalarType.Float64));
        // After the first step m = 0.1 g and the corrected v = g^2: P = 0.1 |g| and P^-1 H = 10 in every coordinate.
        Assert.Equal(2 / (10 * (1 - 0.9) / (1 + 0.9)), 5 * state.Steering!.Multiple, 4);
    }

    [Fact]
    public void Cdat_takes_sigma_times_the_minimum_along_the_update()
    {
        using var scope = NewDisposeScope();
        double[] curvatures = [5, 1, 0.2];
        var dynamics = new SteeredDescent(
            _ => new Quadratic(curvatures), new PlainRule(), new CurvatureDynamicsAwareTuning(Sigma: 1), _ => 0.01);
        using var start = dynamics.Start(ones(3, dtype: ScalarType.Float64));
        var exact = curvatures.Sum(h => h * h) / curvatures.Sum(h => h * h * h);
        Assert.Equal(exact, 0.01 * start.Steering!.Multiple, 10);
        // An exact line search: the next gradient is orthogonal to the step.
        using var next = dynamics.Step(start);
        Assert.Equal(0, next.Point.Gradient.dot(start.Point.Gradient).ToDouble(), 8);
    }

    [Fact]
    public void A_burst_grows_by_its_excess_over_the_edge_at_each_step()
    {
        // Without alpha and beta: |x| grows by 1 + eta y.
        var (eta, y, x) = (0.1, 2.0, 1e-3);
        var sharpness = (2 / eta) + y;
        var expected = sharpness / 2 * Math.Pow(x * Math.Pow(1 + (eta * y), 10), 2);
        Assert.Equal(1, Peak(x, 0, 0) / expected, 10);
        // alpha > 0 sharpens, beta > 0 ends the burst: its peak is between the two.
        Assert.True(Peak(x, 1, 0) > expected);
        Assert.True(Peak(0.5, 0, 100) < Peak(0.5, 0, 0));

        double Peak(double displacement, double alpha, double beta) =>
            new BurstMap(displacement, sharpness, alpha, beta).Excesses(_ => eta).Take(10).Max();
    }

    [Fact]
    public void The_schedules_have_their_values()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([1, 0.5, 0], Multiples(new CosineRate(8), 0, 4, 8), new Close());
        Assert.Equal([0.2, 1, 1, 0.4, 0], Multiples(new WarmUpStableDecay(100), 0, 4, 50, 91, 99), new Close());
        Assert.Equal([1, 1], Multiples(new ConstantRate(), 0, 1000), new Close());

        static double[] Multiples(SteeringPolicy policy, params long[] steps) =>
        [
            .. steps.Select(step =>
            {
                using var point = new Point(new Quadratic([1.0]), ones(1, dtype: ScalarType.Float64));
                var at = new SteeringPoint(step, point, 1, () => point.Gradient, 1, () => null);
                return policy.Next(policy.Start(at), at).State.Multiple;
            }),
        ];
    }

    [Fact]
    public void A_policy_that_gave_up_makes_no_further_step()
    {
        using var scope = NewDisposeScope();
        var dynamics = new SteeredDescent(_ => new Quadratic([1.0]), new PlainRule(), new ConstantRate(), _ => double.MaxValue);
        using var start = dynamics.Start(ones(1, dtype: ScalarType.Float64));
        using var lost = dynamics.Step(start);
        Assert.Equal(SteeringDecision.GiveUp, lost.Last!.Decision);
        var thrown = Assert.Throws<ArithmeticException>(() => dynamics.Step(lost));
        Assert.Contains("tries no smaller rate", thrown.Message, StringComparison.Ordinal);
    }

    private static SteeredState After(SteeredDescent dynamics, int attempts)
    {
        var theta = dynamics.Loss(0) is Quadratic { Dimension: var p } ? ones(p, dtype: ScalarType.Float64) : Model.Initial(3);
        return Continued(dynamics, dynamics.Start(theta), attempts);
    }

    private static SteeredState Continued(SteeredDescent dynamics, SteeredState state, int attempts)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            var next = dynamics.Step(state);
            state.Dispose();
            state = next;
        }
        return state;
    }

    private sealed class Close : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-12;

        public int GetHashCode(double value) => 0;
    }

    /// <summary>sum_i h_i x_i^2 / 2.</summary>
    private sealed record Quadratic(double[] Curvatures) : IObjective
    {
        public long Dimension => Curvatures.Length;

        public ScalarType Precision => ScalarType.Float64;

        public double Loss(Tensor theta) => (tensor(Curvatures) * theta.square()).sum().ToDouble() / 2;

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => (Loss(theta), tensor(Curvatures) * theta);

        public IExpansion ExpandAt(Tensor theta) => new Expansion(this, theta);

        private sealed class Expansion(Quadratic whole, Tensor theta) : IExpansion
        {
            public double Loss { get; } = whole.Loss(theta);

            public Tensor Gradient { get; } = (tensor(whole.Curvatures) * theta).DetachFromDisposeScope();

            public Tensor HessianTimes(Tensor v) => tensor(whole.Curvatures) * v;

            public Tensor ThirdDerivative(Tensor u, Tensor v) => zeros_like(u);

            public void Dispose() => Gradient.Dispose();
        }
    }
}
