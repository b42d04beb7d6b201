using Brink.Monitoring;
using TorchSharp.Modules;

namespace Brink.Steering;

/// <summary>Makes the steps of an optimizer so that the training does not get lost: a step that raises the loss too far is undone,
/// with the state of the optimizer and the buffers of the module, and repeated at a smaller rate.</summary>
/// <remarks>
/// <para>Call <see cref="Step"/> in place of the optimizer's own step, after the gradients. The training keeps its learning rate and
/// its schedule; the policy multiplies it. While nothing happens nothing is measured: the cost is a copy of the parameters and
/// of the optimizer's state at each step, and the memory for one.</para>
/// <para>With a probe, what happened is measured at the event: which eigenvalues, along which of them the step went, in which
/// layer.</para>
/// </remarks>
public sealed class SteeredOptimizer : IDisposable
{
    private readonly nn.Module _module;
    private readonly OptimizerHelper _optimizer;
    private readonly RollBackAndCut _policy;
    private readonly Func<Tensor>? _probe;
    private readonly KeptPoint _kept;
    private RollBackState? _state;
    private BurstHistory? _bursts;   // null for small batches
    private long _step;

    /// <param name="module">Module that is trained.</param>
    /// <param name="optimizer">Optimizer of TorchSharp that trains it.</param>
    /// <param name="policy">The policy; that for full batches if null. See <see cref="RollBackAndCut.ForSmallBatches"/>.</param>
    /// <param name="probe">Computes the mean loss on the samples to measure an event with, a scalar, by the module; null: events are
    /// not measured.</param>
    /// <exception cref="ArgumentException">The optimizer is not one of TorchSharp's.</exception>
    public SteeredOptimizer(nn.Module module, optim.Optimizer optimizer, RollBackAndCut? policy = null, Func<Tensor>? probe = null)
    {
        if (optimizer is not OptimizerHelper helper)
        {
            throw new ArgumentException(
                $"{optimizer.GetType().Name}: its state is not known; use an optimizer of TorchSharp", nameof(optimizer));
        }
        (_module, _optimizer, _policy, _probe) = (module, helper, policy ?? new(), probe);
        _kept = new(module, helper);
    }

    /// <summary>The rate of the next step, as a multiple of the optimizer's.</summary>
    public double Multiple => _state?.Multiple ?? 1;

    /// <summary>Decides about the last step by the present loss, and makes the next one: from here, or from the point before if the
    /// last step is undone.</summary>
    /// <param name="loss">Loss at the present parameters, whose gradients the module has.</param>
    /// <returns>What happened to the last step, if it is undone; otherwise null.</returns>
    /// <exception cref="InvalidOperationException">No smaller rate helps: the module is at its last good point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The first loss is not finite.</exception>
    public SteeringEvent? Step(double loss)
    {
        SteeringEvent? happened = null;
        if (_state is null)
        {
            _state = _policy.Start(loss);
            if (_policy.Spreads == 0) _bursts = BurstHistory.Start(loss);
            _kept.Keep();
        }
        else
        {
            var (before, threshold) = (_state, _policy.Threshold(_state));
            var (next, decision) = _policy.Next(before, loss);
            _state = next;
            if (decision == SteeringDecision.Accept)
            {
                _bursts = _bursts?.Next(_step, loss);
                _kept.Keep();
            }
            else
            {
                _bursts = _bursts?.Undone(_step, loss, before.Recent[^1]);
                happened = Measured(new(_step, loss, before.Recent[^1], threshold, before.Multiple, next.Multiple));
                if (decision == SteeringDecision.GiveUp)
                {
                    throw new InvalidOperationException(
                        $"step {_step}: the loss rises at every rate down to {before.Multiple:g2} of the optimizer's; the parameters are"
                            + $" those of the last good step. {happened.Reason}");
                }
            }
        }
        Move(_state.Multiple);
        if (happened is null) _step++;
        return happened;
    }

    /// <inheritdoc/>
    public void Dispose() => _kept.Dispose();

    /// <summary>Makes one step at a multiple of the optimizer's rates, which stay as they are.</summary>
    private void Move(double multiple)
    {
        var groups = _optimizer.ParamGroups.ToArray();
        double[] rates = [.. groups.Select(group => group.LearningRate)];
        try
        {
            if (multiple != 1) foreach (var (group, rate) in groups.Zip(rates)) group.LearningRate = multiple * rate;
            _optimizer.step();
        }
        finally
        {
            if (multiple != 1) foreach (var (group, rate) in groups.Zip(rates)) group.LearningRate = rate;
        }
    }

    /// <summary>Returns to the point before the step, and measures there what it met.</summary>
    private SteeringEvent Measured(SteeringEvent happened)
    {
        if (_probe is null)
        {
            _kept.Restore();
            return happened;
        }
        using var scope = NewDisposeScope();
        using var parameters = new MeasuredParameters(_module, _probe, new());
        var after = parameters.Parameters.Theta();
        _kept.Restore();
        var found = SteeringDiagnosis.Of(
            _module,
            _optimizer,
            parameters,
            after,
            happened.Multiple,
            _bursts,
            happened.Step - 1,
            ahead => _policy.MultipleAfter(_state!, ahead));
        if (found.Forecast is { } forecast) _bursts = _bursts?.With(forecast);
        return happened with { Diagnosis = found, Bursts = _bursts };
    }
}
