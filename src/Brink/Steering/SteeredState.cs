using Brink.Algebra;
using Brink.Dynamics;
using Brink.Objectives;

namespace Brink.Steering;

/// <summary>The last attempt of a steered training.</summary>
/// <param name="Decision">What the policy decided about it.</param>
/// <param name="Loss">Loss after it; NaN if it was not a number.</param>
/// <param name="Multiple">Multiple of the training's rate that it was made at.</param>
public sealed record SteeredStep(SteeringDecision Decision, double Loss, double Multiple);

/// <summary>A point of a steered training, with what the optimizer and the policy remember there.</summary>
public sealed class SteeredState : IDisposable
{
    private readonly Moments _before;
    private Tensor? _update;   // at a rate of 1

    internal SteeredState(Point point, Moments before) => (Point, _before) = (point, before);

    /// <summary>The point, with the loss and the gradient of its batch.</summary>
    public Point Point { get; }

    /// <summary>Number of attempts so far, those included whose step was undone.</summary>
    public long Attempt { get; internal set; }

    /// <summary>The attempt whose batch the point has.</summary>
    internal long Drawn { get; init; }

    /// <summary>Number of accepted steps that led to the point.</summary>
    public long Steps { get; internal init; }

    /// <summary>The last attempt; null at the start.</summary>
    public SteeredStep? Last { get; internal set; }

    /// <summary>The state of the policy.</summary>
    public SteeringState? Steering { get; internal set; }

    /// <summary>The bursts of the loss so far, for trainings on full batches.</summary>
    public required BurstHistory Bursts { get; set; }

    /// <summary>Moments after the update at the point; null before it is computed.</summary>
    internal Moments? After { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Point.Dispose();
        _before.Dispose();
        After?.Dispose();
        _update?.Dispose();
        Steering?.Dispose();
    }

    /// <summary>The displacement [p] of the next step at a rate of 1, which the state owns.</summary>
    internal Tensor UpdateBy(UpdateRule rule)
    {
        if (_update is null)
        {
            using var scope = NewDisposeScope();
            (var update, After) = rule.Step(_before, Point.Gradient);
            _update = update.DetachFromDisposeScope();
        }
        return _update;
    }

    /// <summary>Returns the same point without the state of a policy, which the caller owns.</summary>
    /// <param name="loss">Returns the loss of an attempt.</param>
    internal SteeredState Copy(Func<long, IObjective> loss)
    {
        var saved = new Snapshot();
        Point.Save(saved);
        return new(Point.Restored(loss(Drawn), saved), _before.Copy()) { Drawn = Drawn, Steps = Steps, Bursts = Bursts };
    }

    internal void Save(Snapshot to)
    {
        Point.Save(to.Part("point"));
        _before.Save(to.Part("moments"));
        to.Set("drawn", Drawn);
        to.Set("attempt", Attempt);
        to.Set("steps", Steps);
        Bursts.Save(to.Part("bursts"));
        if (Last is not { } last) return;
        to.Set("decision", last.Decision.ToString());
        to.Set("last_loss", last.Loss);
        to.Set("last_multiple", last.Multiple);
    }

    internal static SteeredState Restored(Snapshot from, Func<long, IObjective> loss)
    {
        var drawn = from.Whole("drawn");
        return new(Point.Restored(loss(drawn), from.Part("point")), Moments.Restored(from.Part("moments")))
        {
            Drawn = drawn,
            Attempt = from.Whole("attempt"),
            Steps = from.Whole("steps"),
            Bursts = BurstHistory.Restored(from.Part("bursts")),
            Last = from.Has("decision")
                ? new(Enum.Parse<SteeringDecision>(from.Word("decision")), from.Number("last_loss"), from.Number("last_multiple"))
                : null,
        };
    }
}
