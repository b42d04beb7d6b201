using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Spectra;

namespace Brink.Tests.Dynamics;

[Collection(WholeProcess.Name)]
public class MemoryTests
{
    [Fact, Trait("speed", "slow")]
    public void Memory_is_flat_over_5000_steps()
    {
        using var scope = NewDisposeScope();
        var (objective, eta, theta) = Networks.AtTheEdge();
        var dynamics = new SelfStabilization(
            new GradientDescent(objective, eta),
            new GradientFlow(objective, eta, 1e-6),
            new ConstrainedTrajectory(objective, eta, new EigenpairParameters(1, 1e-9)));
        var (tensors, resident) = (new Dictionary<long, long>(), new Dictionary<long, long>());
        Loop.Run(dynamics, theta, 5000, [(step, state) =>
        {
            // A lazily computed tensor is present at every step, or at none.
            _ = (state.Descent.Expansion.Loss, state[SelfStabilization.FlowName]!.Point!.Loss);
            if (step is 500 or 5000) (tensors[step], resident[step]) = (Live.Tensors, Environment.WorkingSet);
            return null;
        }]);
        Assert.Equal(tensors[500], tensors[5000]);
        Assert.InRange(resident[5000], 0, 1.05 * resident[500]);
    }
}
