using System.Runtime.InteropServices;
using Brink.Objectives;

namespace Brink.Tests.Objectives;

public class AllocationFailureTests
{
    private const string Said =
        "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void When_memory_runs_out_kept_graphs_are_freed_and_the_result_is_unchanged(int at)
    {
        using var scope = NewDisposeScope();
        var theta = linspace(-1, 1, 7, dtype: ScalarType.Float64);
        var rows = stack([theta.cos(), theta.sin()]);
        var failures = 0;
        using var whole = Sum(_ => { }).ExpandAt(theta);
        using var limited = Sum(term =>
        {
            if (term != at || failures > 0) return;
            failures++;
            throw new ExternalException(Said);
        }).ExpandAt(theta);
        Assert.Equal(1, failures);
        Assert.Equal(whole.Loss, limited.Loss);
        foreach (var (one, other) in new[]
        {
            (whole.Gradient, limited.Gradient),
            (whole.HessianTimes(rows), limited.HessianTimes(rows)),
            (whole.ThirdDerivative(rows[0], rows[1]), limited.ThirdDerivative(rows[0], rows[1])),
        })
        {
            Assert.Equal(one.data<double>().ToArray(), other.data<double>().ToArray());
        }
    }

    [Fact]
    public void A_failed_allocation_is_reported_if_no_graph_can_be_freed()
    {
        using var scope = NewDisposeScope();
        var theta = ones(7, dtype: ScalarType.Float64);
        Assert.Contains(
            "can't allocate",
            Assert.Throws<ExternalException>(() => Sum(_ => throw new ExternalException(Said)).ExpandAt(theta)).Message,
            StringComparison.Ordinal);
        // Any other error is thrown unchanged.
        var calls = 0;
        Assert.Throws<ExternalException>(
            () => Sum(_ => { if (calls++ == 2) throw new ExternalException("sizes differ"); }).ExpandAt(theta));
        Assert.Equal(3, calls);
    }

    private static DifferentiableSum Sum(Action<int> before) => new(7, ScalarType.Float64, Terms: 5, (theta, i) =>
    {
        before(i);
        return ((i + 1) * theta).sin().pow(3).sum();
    });
}
