using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Dynamics;

/// <summary>Runs gradient descent until the sharpness reaches 2/eta.</summary>
/// <remarks>
/// <para>The protocol of the authors' code (Damian et al. 2023): the sharpness is measured at the midpoint of a step, where the
/// oscillation along u cancels. Checks are at most 1 unit of time apart (a step is eta of it), and 0.1 once S is half of 2/eta;
/// and at most an eighth of the time after which S, at its rate since the last check, reaches 2/eta. If a check finds S at
/// 2/eta more than a step after the previous check, descent returns to that one and checks at every step. It ends at the first
/// step whose midpoint has S at least 2/eta.</para>
/// <para>Departs from it: (1) the authors check 0.01 apart, usually at every step, once S is three quarters of 2/eta; the rate of
/// S needs a few dozen checks there, and the step of instability is the same. (2) A descent whose loss or sharpness is not
/// finite ends as <see cref="InstabilityOutcome.Diverged"/>.</para>
/// </remarks>
/// <param name="Objective">Loss L.</param>
/// <param name="LearningRate">Learning rate eta.</param>
/// <param name="Tracking">Parameters of the eigenpair tracker, whose first pair is the sharpness.</param>
/// <param name="MaxSteps">Number of steps after which 2/eta counts as not reached.</param>
public sealed record RunToInstability(IObjective Objective, double LearningRate, EigenpairParameters Tracking, int MaxSteps)
{
    /// <param name="theta">Starting point [p]; the caller keeps it.</param>
    /// <param name="observe">Receives each step, and again after a return to a check. The sharpness is that of the midpoint,
    /// null between the checks.</param>
    /// <param name="passed">Receives each check that found S below 2/eta, from which descent can be continued later.</param>
    /// <param name="cancellation">Checked at every step.</param>
    public InstabilityPoint Run(
        Tensor theta,
        Action<DescentStep>? observe = null,
        Action<InstabilityCheck>? passed = null,
        CancellationToken cancellation = default)
    {
        using var start = new InstabilityCheck(0, theta.clone().DetachFromDisposeScope(), 1.0, false, 0, null);
        return Run(start, observe, passed, cancellation);
    }

    /// <summary>Continues from a check, which the caller keeps.</summary>
    /// <inheritdoc cref="Run(Tensor, Action{DescentStep}?, Action{InstabilityCheck}?, CancellationToken)"/>
    public InstabilityPoint Run(
        InstabilityCheck from,
        Action<DescentStep>? observe,
        Action<InstabilityCheck>? passed,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var descent = new GradientDescent(Objective, LearningRate);
        var threshold = 2 / LearningRate;
        var (step, spacing, everyStep) = (from.Step, from.Spacing, from.EveryStep);
        var point = descent.Start(from.Theta);
        var check = (from.Step, Theta: from.Theta.clone());   // where descent can return to
        var nextCheck = from.Next;
        using var tracker = new EigenpairTracker(Tracking, from.Tracker);
        // The step of a passed check is already observed.
        if (step < nextCheck) Advance(descent.Step(point));
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!double.IsFinite(point.Loss)) return End(InstabilityOutcome.Diverged);
                var next = descent.Step(point);
                if (step < nextCheck && step < MaxSteps)
                {
                    observe?.Invoke(new(step, point.Loss, null, null, point.Theta));
                    Advance(next);
                    continue;
                }

                var before = tracker.Last?.Values[0];
                var sharpness = Sharpness(next);
                if (!double.IsFinite(sharpness))
                {
                    next.Dispose();
                    return End(InstabilityOutcome.Diverged);
                }
                if (sharpness >= threshold)
                {
                    next.Dispose();
                    if (everyStep || step - check.Step <= 1) return End(InstabilityOutcome.Reached);
                    point.Dispose();
                    (point, step, everyStep) = (descent.Start(check.Theta), check.Step, true);
                    nextCheck = step;
                    continue;
                }
                if (step == MaxSteps)
                {
                    next.Dispose();
                    return End(InstabilityOutcome.NotReached);
                }
                var rate = before is { } last && step > check.Step ? (sharpness - last) / (step - check.Step) : 0;
                check.Theta.Dispose();
                check = (step, point.Theta.clone());
                spacing = Math.Min(spacing, sharpness >= 0.5 * threshold ? 0.1 : 1);
                var most = Math.Ceiling(spacing / LearningRate);
                if (rate > 0) most = Math.Min(most, Math.Floor((threshold - sharpness) / (8 * rate)));
                nextCheck = step + (everyStep ? 1 : Math.Max(1, (int)most));
                passed?.Invoke(new(step, point.Theta, spacing, everyStep, nextCheck, tracker));
                Advance(next);
            }
        }
        finally
        {
            point.Dispose();
        }

        void Advance(Point next)
        {
            point.Dispose();
            point = next;
            step++;
        }

        double Sharpness(Point next)
        {
            using var inner = NewDisposeScope();
            var theta = (point.Theta + next.Theta) / 2;
            using var midpoint = Objective.ExpandAt(theta);
            var pairs = tracker.Track(midpoint.Hessian(theta));
            observe?.Invoke(new(step, point.Loss, pairs.Values[0], pairs, point.Theta) { Hessian = midpoint.Hessian(theta) });
            return pairs.Values[0];
        }

        InstabilityPoint End(InstabilityOutcome outcome) =>
            new(outcome, scope.MoveToOuter(point.Theta.clone()), step, tracker.Last?.Values[0] ?? double.NaN);
    }

    /// <summary>Restores a saved check.</summary>
    public InstabilityCheck Restored(Snapshot from) => new(
        (int)from.Whole("step"),
        from.Tensor("theta"),
        from.Number("spacing"),
        from.Whole("every_step") == 1,
        (int)from.Whole("next"),
        EigenpairTracker.Restored(Tracking, from.Part("pairs")));
}

/// <summary>A check that descent has passed, from which it can be repeated or continued.</summary>
/// <param name="Step">Step of the check.</param>
/// <param name="Theta">Parameters at that step [p].</param>
/// <param name="Spacing">Present time between checks.</param>
/// <param name="EveryStep">True if descent has already returned to a check.</param>
/// <param name="Next">Step of the next check; the same step if it is still to be made.</param>
/// <param name="Tracker">Tracker of the pairs at the midpoints; null before the first measurement.</param>
public sealed record InstabilityCheck(
    int Step, Tensor Theta, double Spacing, bool EveryStep, int Next, EigenpairTracker? Tracker) : IDisposable
{
    /// <summary>Saves the check, which must outlive the snapshot.</summary>
    public void Save(Snapshot to)
    {
        to.Set("step", Step);
        to.Set("theta", Theta);
        to.Set("spacing", Spacing);
        to.Set("every_step", EveryStep ? 1 : 0);
        to.Set("next", Next);
        Tracker?.Save(to.Part("pairs"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Theta.Dispose();
        Tracker?.Dispose();
    }
}

/// <summary>Reason for the end of a run to instability.</summary>
public enum InstabilityOutcome
{
    /// <summary>The sharpness is at least 2/eta at the midpoint of a step.</summary>
    Reached,

    /// <summary>The sharpness is below 2/eta after the maximum number of steps.</summary>
    NotReached,

    /// <summary>The loss or the sharpness is not finite.</summary>
    Diverged,
}

/// <summary>A step of descent. Step: its number from 0. Sharpness: that of the midpoint with the next step, where it was
/// checked. Theta [p]: the point, valid while the observer runs.</summary>
public sealed record DescentStep(int Step, double Loss, double? Sharpness, Eigenpairs? Pairs, Tensor Theta)
{
    /// <summary>The Hessian at that midpoint, valid while the observer runs; null between the checks.</summary>
    public SymmetricOperator? Hessian { get; init; }
}

/// <summary>The end of a descent: theta [p] after so many steps, with the last measured sharpness.</summary>
public sealed record InstabilityPoint(InstabilityOutcome Outcome, Tensor Theta, int Step, double Sharpness);
