using Brink.Algebra;
using Brink.Objectives;
using Brink.Runs;
using Brink.Steering;

namespace Brink.Lab;

/// <summary>One training of a comparison of policies: it records the loss over the gradients used, and ends when they are
/// spent.</summary>
internal sealed class SteeringTrial(
    SteeringStudy study, RunWriter run, string process, IObjective whole, DerivativeCount count)
{
    // A loss this many times the first one does not recover.
    private const double Lost = 1e6;

    private double? _firstLoss;
    private long _evaluated = -1;

    /// <summary>Gradients used so far: a product counts as one, a third derivative as two.</summary>
    public long Gradients => count.Gradients + count.Products + (2 * count.ThirdDerivatives);

    /// <summary>The last loss of all samples.</summary>
    public double Loss { get; private set; } = double.NaN;

    /// <summary>Number of steps that were undone.</summary>
    public long Undone { get; private set; }

    /// <summary>True if the last loss is above the first one, or not finite.</summary>
    public bool HasDiverged => !(Loss <= _firstLoss);

    /// <summary>Observes every attempt; returns the reason to end, or null.</summary>
    public string? Record(SteeredState state)
    {
        var at = Gradients;
        var undone = state.Last is { Decision: not SteeringDecision.Accept };
        if (undone)
        {
            Undone++;
            run.AddEvent(
                at,
                SteeringSchema.UndoneEvent,
                $"{process}: step {state.Steps + 1}, loss {state.Last!.Loss:g4}, {state.Last.Multiple:g3} of the rate");
        }
        run.Add(process, SteeringSchema.Multiple, at, state.Steering!.Multiple);
        if (!undone && (study.Batch is null || _evaluated < 0 || at - _evaluated >= study.EvaluateEvery || at >= study.Gradients))
        {
            _evaluated = at;
            Loss = study.Batch is null ? state.Point.Loss : whole.Loss(state.Point.Theta);
            _firstLoss ??= Loss;
            run.Add(process, SteeringSchema.Loss, at, Loss);
            if (!double.IsFinite(Loss) || Loss > Lost * _firstLoss) return $"loss {Loss:g4}";
        }
        if (state.Last?.Decision == SteeringDecision.GiveUp)
        {
            Loss = state.Last.Loss;
            return $"the policy gave up at a loss of {Loss:g4}";
        }
        return at >= study.Gradients ? "the gradients are spent" : null;
    }

    public void Save(Snapshot to)
    {
        count.Save(to.Part("count"));
        if (_firstLoss is { } first) to.Set("first_loss", first);
        to.Set("loss", Loss);
        to.Set("undone", Undone);
        to.Set("evaluated", _evaluated);
    }

    public void Restore(Snapshot from)
    {
        count.Restore(from.Part("count"));
        if (from.Has("first_loss")) _firstLoss = from.Number("first_loss");
        (Loss, Undone, _evaluated) = (from.Number("loss"), from.Whole("undone"), from.Whole("evaluated"));
    }
}
