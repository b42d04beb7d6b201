namespace Brink.Tests.Objectives;

[Collection(WholeProcess.Name)]
public class ExpansionBudgetTests
{
    [Fact]
    public void The_budget_bounds_what_an_expansion_keeps()
    {
        using var scope = NewDisposeScope();
        // 12 micro-batches of some 20 MiB: what else the process allocates meanwhile, the just-in-time
        // compiler above all, is small beside them.
        var model = new Zoo.Models.Mlp([16, 1024, 1024, 10], Zoo.Models.Activation.Tanh);
        var theta = model.Initial(0);
        const int samples = 12 * 256;
        var unlimited = Networks.Loss(model, samples, 256);
        var before = Native.ProcessMemory.AllocatedBytes();
        using var all = unlimited.ExpandAt(theta);
        var unbounded = Native.ProcessMemory.AllocatedBytes() - before;
        var limited = unlimited with { ExpansionBudget = unbounded / 2 };
        before = Native.ProcessMemory.AllocatedBytes();
        using var half = limited.ExpandAt(theta);
        var bounded = Native.ProcessMemory.AllocatedBytes() - before;
        Assert.InRange(bounded, unbounded / 4, unbounded / 2 * 1.2);
    }
}
