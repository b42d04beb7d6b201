using Brink.Monitoring;
using TorchSharp.Modules;

namespace Brink.Tests.Monitoring;

/// <summary>A monitor detects changes of its module and optimizer at the next reading, and refuses derivatives that are not those of
/// the loss.</summary>
public sealed class MonitorChangesTests
{
    private static readonly StabilityBudget EveryStep = new(Share: 1, Every: 1, MaxProducts: 400, Tolerance: 1e-8);

    private readonly Linear _first = nn.Linear(4, 6, dtype: ScalarType.Float64);
    private readonly Linear _last = nn.Linear(6, 1, dtype: ScalarType.Float64);
    private readonly Sequential _model;
    private readonly Tensor _x, _y;

    public MonitorChangesTests()
    {
        random.manual_seed(4);
        _model = nn.Sequential(("first", _first), ("last", _last));
        (_x, _y) = (randn(50, 4, dtype: ScalarType.Float64) * 3, randn(50, 1, dtype: ScalarType.Float64));
    }

    private Tensor Loss() => (_model.forward(_x) - _y).square().mean();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Freezing_or_unfreezing_a_layer_takes_effect_at_the_next_reading(bool unfreeze)
    {
        Trainable(!unfreeze);
        using var optimizer = optim.SGD(_model.parameters(), 1e-3);
        using var monitor = new StabilityMonitor(_model, optimizer, Loss, EveryStep);
        Assert.Null(Step(monitor, optimizer).Remark);
        Trainable(unfreeze);
        var after = Step(monitor, optimizer);
        using var fresh = new StabilityMonitor(_model, optimizer, Loss, EveryStep);
        var now = fresh.AfterStep()!;
        Assert.Equal(now.Sharpness, after.Sharpness, 1e-6 * now.Sharpness);
        Assert.Equal(now.EffectiveSharpness, after.EffectiveSharpness, 1e-6 * now.EffectiveSharpness);
        Assert.Equal(
            $"{(unfreeze ? "now trainable" : "no longer trainable")}: first.weight, first.bias; measurements restart at this step",
            after.Remark);
        Assert.Null(Step(monitor, optimizer).Remark);
    }

    [Fact]
    public void An_added_parameter_group_is_reported_and_measured()
    {
        using var optimizer = optim.SGD(_last.parameters(), 1e-3);
        using var monitor = new StabilityMonitor(_model, optimizer, Loss, EveryStep);
        var before = Step(monitor, optimizer);
        optimizer.add_param_group(
            new SGD.ParamGroup { Parameters = _first.parameters(), Options = new SGD.Options { LearningRate = 1e-3 } });
        var after = Step(monitor, optimizer);
        Assert.Equal("the optimizer now trains first.weight, first.bias; measurements restart at this step", after.Remark);
        Assert.True(after.EffectiveSharpness > before.EffectiveSharpness);
        using var fresh = new StabilityMonitor(_model, optimizer, Loss, EveryStep);
        Assert.Equal(fresh.AfterStep()!.EffectiveSharpness, after.EffectiveSharpness, 1e-6 * after.EffectiveSharpness);
    }

    [Fact]
    public void A_new_optimizer_has_its_own_edge_from_the_next_reading_on()
    {
        using var first = optim.SGD(_model.parameters(), 1e-3);
        using var second = optim.SGD(_model.parameters(), 1e-3, momentum: 0.9);
        using var monitor = new StabilityMonitor(_model, first, Loss, EveryStep);
        Step(monitor, first);
        second.zero_grad();
        Loss().backward();
        second.step();
        var after = monitor.AfterStep(second)!;
        Assert.Equal("the optimizer was replaced; measurements restart at this step", after.Remark);
        Assert.Equal(1e-3 * after.Sharpness / 1.9, after.EffectiveSharpness, 1e-6 * after.EffectiveSharpness);
        Assert.Null(monitor.AfterStep()!.Remark);
    }

    [Fact]
    public void Wrong_derivatives_are_refused_at_the_first_reading()
    {
        Tensor Detached() => (_last.forward(_first.forward(_x).detach()) - _y).square().mean();
        using var optimizer = optim.SGD(_model.parameters(), 1e-3);
        using var monitor = new StabilityMonitor(_model, optimizer, Detached, EveryStep);
        var refused = Assert.Throws<InvalidOperationException>(() => monitor.AfterStep());
        Assert.Contains(
            "the loss changes with first.weight, first.bias, but autograd does not reach them", refused.Message, StringComparison.Ordinal);
        using var other = new StabilityMonitor(_model, optimizer, Detached, EveryStep with { Unchecked = true });
        Assert.Contains("autograd does not reach", other.AfterStep()!.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void A_probe_with_new_batches_is_measured_and_reported_as_unchecked()
    {
        var draw = 0;
        Tensor Fresh()
        {
            var rows = (draw++ % 5) * 10;
            return (_model.forward(_x.narrow(0, rows, 10)) - _y.narrow(0, rows, 10)).square().mean();
        }

        using var optimizer = optim.SGD(_model.parameters(), 1e-3);
        using var monitor = new StabilityMonitor(_model, optimizer, Fresh, EveryStep);
        var reading = monitor.AfterStep()!;
        Assert.True(reading.Sharpness > 0);
        Assert.Contains("the probe returns a different loss at each call", reading.Remark, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProbeMode.AsTrained)]
    [InlineData(ProbeMode.Unchanged)]
    public void Dropout_batch_norm_and_relu_in_float32_raise_no_alarm(ProbeMode mode)
    {
        using var model = nn.Sequential(
            nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.3), nn.Flatten(), nn.Linear(72, 4));
        var (x, y) = (randn(32, 3, 8, 8), randint(0, 4, [32]));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var monitor =
            new StabilityMonitor(model, optimizer, () => nn.functional.cross_entropy(model.forward(x), y), new(Share: 1, Mode: mode));
        Assert.True(double.IsFinite(monitor.AfterStep()!.Sharpness));
    }

    private void Trainable(bool first)
    {
        foreach (var parameter in _first.parameters()) parameter.requires_grad = first;
    }

    private StabilityReading Step(StabilityMonitor monitor, SGD optimizer)
    {
        optimizer.zero_grad();
        Loss().backward();
        optimizer.step();
        return monitor.AfterStep()!;
    }
}
