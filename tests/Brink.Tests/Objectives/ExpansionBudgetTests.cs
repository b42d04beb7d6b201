using Brink.Native;
using Brink.Objectives;

namespace Brink.Tests.Objectives;

[Collection(WholeProcess.Name)]
public class ExpansionBudgetTests
{
    [Fact]
    public void The_budget_bounds_what_an_expansion_keeps()
    {
        using var scope = NewDisposeScope();
        // 12 micro-batches of about 20 MiB: the other allocations of the process, mainly of the just-in-time
        // compiler, are small in comparison.
        var model = new Zoo.Models.Mlp([16, 1024, 1024, 10], Zoo.Models.Activation.Tanh);
        var theta = model.Initial(0);
        const int samples = 12 * 256;
        var unlimited = Networks.Loss(model, samples, 256);
        var before = ProcessMemory.AllocatedBytes();
        using var all = unlimited.ExpandAt(theta);
        var unbounded = ProcessMemory.AllocatedBytes() - before;
        var limited = unlimited with { ExpansionBudget = unbounded / 2 };
        before = ProcessMemory.AllocatedBytes();
        using var half = limited.ExpandAt(theta);
        var bounded = ProcessMemory.AllocatedBytes() - before;
        Assert.InRange(bounded, unbounded / 4, unbounded / 2 * 1.2);
    }

    [Fact, Trait("speed", "slow")]
    public void The_CNN_of_the_paper_on_5000_images_stays_within_its_budget()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var model = new Zoo.Models.Cnn(3, 32, 10, Zoo.Models.Activation.Swish);
        var (inputs, targets) = (randn([5000, 3, 32, 32], generator: generator), randn([5000, 10], generator: generator));
        const long budget = 1L << 30;
        var loss = EmpiricalLoss.Over(model.Dimension, model.Outputs, EmpiricalLoss.SquaredError, inputs, targets, 100, budget);
        var theta = model.Initial(0).to(ScalarType.Float32);
        var before = ProcessMemory.AllocatedBytes();
        using var expansion = loss.ExpandAt(theta);
        Assert.InRange(ProcessMemory.AllocatedBytes() - before, budget / 2, budget);
        // A product goes through all 50 micro-batches, most of them computed again, and keeps none.
        using var product = expansion.HessianTimes(theta);
        Assert.InRange(ProcessMemory.AllocatedBytes() - before, budget / 2, budget + (1 << 20));
    }
}
