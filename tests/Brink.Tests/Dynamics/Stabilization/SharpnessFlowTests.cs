using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Dynamics.Stabilization;

public class SharpnessFlowTests
{
    private static readonly double[] Curvatures = [5, 1, 0.2];

    private static DifferentiableSum Quadratic(params double[] curvatures) =>
        new(curvatures.Length, ScalarType.Float64, 1, (theta, _) => (theta.square() * tensor(curvatures)).sum() / 2);

    [Fact]
    public void The_sharpness_flow_on_a_quadratic_follows_its_closed_form()
    {
        using var scope = NewDisposeScope();
        var flow = new SharpnessFlow(Quadratic(Curvatures), Quadratic(Curvatures), new EigenpairParameters(1, 1e-10));
        Loop.Run(flow, ones(3, dtype: ScalarType.Float64), 20, [(step, state) =>
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal(step == 0 ? 1 : Math.Pow(1 - (Curvatures[i] / 5), step), state.Point.Theta[i].ToDouble(), 1e-12);
            Assert.Equal(step / 5.0, state.Time, 1e-12);
            Assert.Equal(5, state.Pairs.Values[0], 1e-12);
            return null;
        }]);
    }

    [Fact]
    public void A_step_of_the_sharpness_flow_uses_the_given_curvature()
    {
        using var scope = NewDisposeScope();
        var flow = new SharpnessFlow(Quadratic(Curvatures), Quadratic(10, 1, 1), new EigenpairParameters(1, 1e-10));
        using var start = flow.Start(ones(3, dtype: ScalarType.Float64));
        using var next = flow.Step(start);
        for (var i = 0; i < 3; i++) Assert.Equal(1 - (Curvatures[i] / 10), next.Point.Theta[i].ToDouble(), 1e-12);
    }

    [Fact]
    public void Without_positive_curvature_the_sharpness_flow_is_refused()
    {
        using var scope = NewDisposeScope();
        var flow = new SharpnessFlow(Quadratic(-1, -2), Quadratic(-1, -2), new EigenpairParameters(1, 1e-10));
        var theta = ones(2, dtype: ScalarType.Float64);
        Live.AssertUnchanged(() =>
            Assert.Contains(
                "the sharpness is -1",
                Assert.Throws<ArithmeticException>(() => Loop.Run(flow, theta, 3, [])).Message,
                StringComparison.Ordinal));
    }

    [Fact]
    public void Steps_of_the_sharpness_flow_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var theta = Networks.Tiny.Initial(3);
        var flow = new SharpnessFlow(Networks.Loss(Networks.Tiny), Networks.Loss(Networks.Tiny), new EigenpairParameters(1, 1e-3));
        Live.AssertUnchanged(() => Loop.Run(flow, theta, 3, [(_, state) => state.Point.Loss > 1e9 ? "" : null]));
    }
}
