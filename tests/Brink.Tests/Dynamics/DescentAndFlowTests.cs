using Brink.Dynamics;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Dynamics;

public class DescentAndFlowTests
{
    private static readonly double[] Curvatures = [5, 1, 0.2];

    private static DifferentiableSum Quadratic =>
        new(3, ScalarType.Float64, 1, (theta, _) => (theta.square() * tensor(Curvatures)).sum() / 2);

    [Fact]
    public void Descent_on_a_quadratic_follows_its_closed_form()
    {
        using var scope = NewDisposeScope();
        const double eta = 0.3;
        Loop.Run(new GradientDescent(Quadratic, eta), ones(3, dtype: ScalarType.Float64), 50, [(step, point) =>
        {
            for (var i = 0; i < 3; i++) Assert.Equal(Math.Pow(1 - (eta * Curvatures[i]), step), point.Theta[i].ToDouble(), 1e-14);
            return null;
        }]);
    }

    [Fact]
    public void Flow_on_a_quadratic_decays_exponentially()
    {
        using var scope = NewDisposeScope();
        var last = 0L;
        Loop.Run(new GradientFlow(Quadratic, 0.5, Tolerance: 1e-10), ones(3, dtype: ScalarType.Float64), 10, [(step, state) =>
        {
            for (var i = 0; i < 3; i++) Assert.Equal(Math.Exp(-0.5 * step * Curvatures[i]), state.Point.Theta[i].ToDouble(), 1e-8);
            last = step;
            return null;
        }]);
        Assert.Equal(10, last);
    }

    [Fact]
    public void A_substep_has_order_five_and_four_between_its_ends()
    {
        // Local errors of order h^6 and h^5 on a nonlinear problem, against the flow at a tolerance far below them.
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        double[] shares = [0.1, 0.5, 1];
        var errors = shares.Select(_ => new List<double>()).ToArray();
        foreach (var h in new[] { 0.2, 0.1, 0.05 })
        {
            using var substep = new GradientFlow(objective, h).Substep(theta, objective.LossAndGradient(theta).Gradient, h).Substep;
            foreach (var (share, list) in shares.Zip(errors))
            {
                var fine = new GradientFlow(objective, share * h, 1e-14);
                using var exact = fine.Step(fine.Start(theta));
                list.Add((substep.At(share * h) - exact.Point.Theta).norm().ToDouble());
            }
            Assert.Equal(0, (substep.At(0) - theta).norm().ToDouble(), 1e-15);
            Assert.Equal(0, (substep.At(h) - substep.End).norm().ToDouble(), 1e-14);
        }
        foreach (var (share, list) in shares.Zip(errors))
        {
            Assert.InRange(Math.Log2(list[0] / list[1]), share < 1 ? 4.5 : 5.5, share < 1 ? 5.6 : 6.6);
            Assert.InRange(Math.Log2(list[1] / list[2]), share < 1 ? 4.5 : 5.5, share < 1 ? 5.6 : 6.6);
        }
    }

    [Fact]
    public void The_error_estimate_has_order_five()
    {
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        var flow = new GradientFlow(objective, 1, 1e-6);
        var slope = objective.LossAndGradient(theta).Gradient;
        Assert.InRange(Math.Log2(flow.Substep(theta, slope, 0.2).Error / flow.Substep(theta, slope, 0.1).Error), 4.5, 5.6);
    }

    [Fact]
    public void Substeps_are_as_long_as_the_error_allows_and_the_flow_is_interpolated_between_their_ends()
    {
        using var scope = NewDisposeScope();
        var count = new DerivativeCount();
        var flow = new GradientFlow(new CountedObjective(Quadratic, count), 0.01, Tolerance: 1e-7);
        Loop.Run(flow, ones(3, dtype: ScalarType.Float64), 100, [(step, state) =>
        {
            for (var i = 0; i < 3; i++) Assert.Equal(Math.Exp(-0.01 * step * Curvatures[i]), state.Point.Theta[i].ToDouble(), 1e-6);
            return null;
        }]);
        Assert.InRange(count.Gradients, 40, 200);   // a substep for each step would take 600
    }

    [Fact]
    public void Flow_agrees_with_a_reference_ten_times_finer()
    {
        // Euler with the step of the comparison would not; the loss is to agree to 1e-4, relative.
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        const double duration = 0.2;
        var reference = theta.clone();
        const int fine = 100;   // classical Runge-Kutta, a tenth of any substep the flow takes
        using var state = new Disposable<FlowPoint>(new GradientFlow(objective, duration, 1e-7).Start(theta));
        for (var step = 0; step < 30; step++)
        {
            using var inner = NewDisposeScope();
            state.Value = new GradientFlow(objective, duration, 1e-7).Step(state.Value);
            for (var i = 0; i < fine; i++) reference = RungeKutta(objective, reference, duration / fine);
            reference = reference.MoveToOuterDisposeScope();
            var loss = objective.Loss(reference);
            Assert.Equal(loss, state.Value.Point.Loss, 1e-4 * loss);
            Assert.InRange((state.Value.Point.Theta - reference).norm().ToDouble(), 0, 1e-5);
        }
    }

    [Fact]
    public void Flow_stays_stable_where_gradient_descent_does_not()
    {
        // Curvature 1000 over steps of 0.1: 100 times what an explicit step of that length can bear.
        using var scope = NewDisposeScope();
        var stiff = new DifferentiableSum(2, ScalarType.Float64, 1, (t, _) => (500 * t[0] * t[0]) + (0.5 * t[1] * t[1]));
        Loop.Run(new GradientFlow(stiff, 0.1, 1e-6), ones(2, dtype: ScalarType.Float64), 20, [(step, state) =>
        {
            Assert.Equal(Math.Exp(-0.1 * step), state.Point.Theta[1].ToDouble(), 1e-4);
            if (step > 0) Assert.InRange(Math.Abs(state.Point.Theta[0].ToDouble()), 0, 1e-4);
            return null;
        }]);
    }

    [Fact]
    public void A_diverging_flow_is_reported()
    {
        using var scope = NewDisposeScope();
        var cliff = new DifferentiableSum(1, ScalarType.Float64, 1, (t, _) => -t.pow(4).sum());   // infinite in finite time
        var start = ones(1, dtype: ScalarType.Float64);
        Live.AssertUnchanged(() =>
            Assert.Throws<ArithmeticException>(() => Loop.Run(new GradientFlow(cliff, 1), start, 5, [])));
    }

    [Fact]
    public void A_flow_starts_from_zero_and_from_a_step_far_too_long()
    {
        using var scope = NewDisposeScope();
        var slope = new DifferentiableSum(1, ScalarType.Float64, 1, (t, _) => (t - 1).square().sum() / 2);
        Loop.Run(new GradientFlow(slope, 1), zeros(1, dtype: ScalarType.Float64), 3, [(step, state) =>
        {
            Assert.Equal(1 - Math.Exp(-step), state.Point.Theta.ToDouble(), 1e-6);
            return null;
        }]);
        var steep = new DifferentiableSum(1, ScalarType.Float64, 1, (t, _) => t.pow(4).sum() / 4);   // x' = -x^3
        Loop.Run(new GradientFlow(steep, 10), full(1, 100.0, dtype: ScalarType.Float64), 1, [(step, state) =>
        {
            Assert.Equal(1 / Math.Sqrt((20 * step) + 1e-4), state.Point.Theta.ToDouble(), step == 0 ? 1e-9 : 1e-6);
            return null;
        }]);
    }

    [Fact]
    public void Run_to_instability_stops_at_the_first_unstable_step()
    {
        // L = (1/2)(900 + 1000 w) x^2 - w: at x = 0 the sharpness grows by 1000 eta = 2 a step, from 900 to
        // 2/eta = 1000. The checks are 0.01 apart, five steps, so that the run must go back.
        using var scope = NewDisposeScope();
        const double eta = 0.002;
        var objective = new DifferentiableSum(2, ScalarType.Float32, 1, (t, _) => ((900 + (1000 * t[1])) * t[0] * t[0] / 2) - t[1]);
        var search = new RunToInstability(objective, eta, new EigenpairParameters(1, 1e-4), 1000);
        var seen = new List<DescentStep>();
        var end = search.Run(zeros(2, dtype: ScalarType.Float32), seen.Add);
        Assert.Equal(InstabilityOutcome.Reached, end.Outcome);
        // The midpoint of step t has S = 900 + 2 (t + 1/2): 999 at step 49, 1001 at step 50.
        Assert.Equal(50, end.Step);
        Assert.Equal(1001, end.Sharpness, 0.01);
        Assert.Contains(seen.Zip(seen.Skip(1)), pair => pair.Second.Step <= pair.First.Step);   // the run went back
        Assert.All(seen, step => Assert.True(step.Sharpness is null || step.Pairs is not null));
    }

    [Fact]
    public void Run_to_instability_reports_a_stable_end_and_a_diverged_loss()
    {
        using var scope = NewDisposeScope();
        var flat = new DifferentiableSum(2, ScalarType.Float32, 1, (t, _) => t.square().sum());
        var stable = new RunToInstability(flat, 0.1, new EigenpairParameters(1, 1e-4), 50).Run(ones(2));
        Assert.Equal((InstabilityOutcome.NotReached, 50), (stable.Outcome, stable.Step));
        var lost = new DifferentiableSum(2, ScalarType.Float32, 1, (t, _) => -(t.square().square().sum()));
        Assert.Equal(
            InstabilityOutcome.Diverged,
            new RunToInstability(lost, 0.5, new EigenpairParameters(1, 1e-4), 500).Run(ones(2)).Outcome);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            new RunToInstability(flat, 0.1, new EigenpairParameters(1, 1e-4), 50).Run(ones(2), null, null, cancelled.Token));
    }

    [Fact]
    public void The_loop_passes_every_state_to_observers_once_and_returns_the_reason_of_its_end()
    {
        using var scope = NewDisposeScope();
        var seen = new List<long>();
        var end = Loop.Run(
            new GradientDescent(Quadratic, 0.1),
            ones(3, dtype: ScalarType.Float64),
            10,
            [(step, _) => step == 4 ? "enough" : null, (step, _) => { seen.Add(step); return step == 4 ? "second" : null; }]);
        Assert.Equal(new LoopEnd(4, "enough"), end);
        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        var single = Networks.Loss(Networks.Tiny, precision: ScalarType.Float32);
        var start = theta.to(ScalarType.Float32);
        Live.AssertUnchanged(() => Loop.Run(new GradientDescent(objective, 0.1), theta, 5, []));
        Live.AssertUnchanged(() => Loop.Run(new GradientFlow(objective, 0.1), theta, 5, []));
        Live.AssertUnchanged(() => new RunToInstability(single, 0.1, new EigenpairParameters(1, 1e-3), 30).Run(start).Theta.Dispose());
    }

    private static Tensor RungeKutta(IObjective objective, Tensor theta, double h)
    {
        Tensor Slope(Tensor at) => -objective.LossAndGradient(at).Gradient;
        var a = Slope(theta);
        var b = Slope(theta + (h / 2 * a));
        var c = Slope(theta + (h / 2 * b));
        var d = Slope(theta + (h * c));
        return theta + (h / 6 * (a + (2 * b) + (2 * c) + d));
    }

    /// <summary>A variable whose values are disposed as they are replaced.</summary>
    private sealed class Disposable<T>(T first) : IDisposable
        where T : IDisposable
    {
        private T _value = first;

        public T Value
        {
            get => _value;
            set
            {
                _value.Dispose();
                _value = value;
            }
        }

        public void Dispose() => _value.Dispose();
    }
}
