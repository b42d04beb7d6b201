using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Spectra;

namespace Brink.Tests.Dynamics;

public class ResumableTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public void A_restored_state_continues_bit_for_bit_and_leaks_no_tensor(int? normalsEvery)
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var descent = new GradientDescent(objective, eta);
        var dynamics = new SelfStabilization(
            new ConstrainedTrajectory(objective, eta, new EigenpairParameters(1, 1e-9), NormalsEvery: normalsEvery),
            [.. SelfStabilization.Paper(descent, new GradientFlow(objective, eta, 1e-6)), .. SelfStabilization.FixedFrames(descent)]);
        var state = dynamics.Start(theta);
        for (var step = 0; step < 8; step++)
        {
            var next = dynamics.Step(state);
            state.Dispose();
            state = next;
        }
        var snapshot = new Snapshot();
        dynamics.Save(state, snapshot);
        using var on = dynamics.Step(state);
        using (var made = dynamics.Restored(snapshot))
        using (var also = dynamics.Step(made))
        {
            Equal(on.Descent.Theta, also.Descent.Theta);
            Equal(on[SelfStabilization.FlowName]!.Point!.Theta, also[SelfStabilization.FlowName]!.Point!.Theta);
            Equal(on.Constrained.Theta, also.Constrained.Theta);
            Equal(on.Constrained.Directions, also.Constrained.Directions);
            Assert.Equal(on.Constrained.Pairs.Values, also.Constrained.Pairs.Values);
            Assert.Equal(6, on.Followed.Count());
            foreach (var name in on.Followed) Equal(on.Displacement(name)!, also.Displacement(name)!);
        }
        Live.AssertUnchanged(() => dynamics.Restored(snapshot).Dispose());
        state.Dispose();
    }

    private static void Equal(Tensor one, Tensor other) => Assert.Equal(one.data<double>().ToArray(), other.data<double>().ToArray());
}
