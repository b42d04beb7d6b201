using Brink.Algebra;

namespace Brink.Steering;

/// <summary>A policy for the learning rate that measures nothing: a step that raises the loss too far is undone and repeated at
/// a smaller rate, which then recovers.</summary>
/// <remarks>
/// <para>A run that diverges is lost in the first few steps beyond the edge, with several eigenvalues above 2/eta at once; the bursts
/// of self-stabilization raise the loss by percents and need no control. A policy that keeps the sharpness below the edge sinks the
/// rate for ever, because nothing then stops the sharpening (Roulet et al. 2024, section 3). This one lets a run live at the
/// edge, and pays one step where it is lost.</para>
/// <para>The losses are those before each step: the state is that of the point where the last of them was computed.</para>
/// </remarks>
/// <param name="Cut">Factor of the rate after a step that was undone, between 0 and 1.</param>
/// <param name="Recovery">Factor by which the rate grows at every step until it is the first rate again, at least 1.</param>
/// <param name="Tolerance">Rise of the loss that is allowed, as a share of the reference, and as a share of the first loss; the larger
/// of both counts.</param>
/// <param name="Window">Number of recent losses that the reference is chosen from.</param>
/// <param name="Spreads">0 for full batches: the reference is the least recent loss. Above 0 for small batches, whose losses are noisy:
/// the reference is the lowest median of recent losses so far, and this many of their standard deviations are allowed too. A
/// median that may rise would follow a training that gets lost slowly.</param>
/// <param name="Growth">Factor by which the rate grows at every step until the first cut; then it recovers, beyond the first rate
/// too. 1: it stays at most the first rate.</param>
/// <param name="MostRepeats">Largest number of times that one step is undone, after which the policy gives up.</param>
public sealed record RollBackAndCut(
    double Cut = 0.7,
    double Recovery = 1.02,
    double Tolerance = 0.2,
    int Window = 20,
    double Spreads = 0,
    double Growth = 1,
    int MostRepeats = 60) : SteeringPolicy
{
    // The median deviation of a normal distribution is 0.6745 standard deviations.
    private const double DeviationsPerMedian = 1.4826;

    /// <summary>The policy for small batches, whose losses are noisy: the reference is the lowest median so far, and the rate recovers more
    /// slowly, since damage shows later.</summary>
    public static RollBackAndCut ForSmallBatches { get; } = new(Recovery: 1.01, Tolerance: 0.1, Spreads: 2);

    /// <summary>Returns the state before the first step.</summary>
    /// <param name="loss">Loss there, which must be finite: there is nothing to return to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The loss is not finite, or a parameter is out of its range.</exception>
    public RollBackState Start(double loss)
    {
        if (!double.IsFinite(loss)) throw new ArgumentOutOfRangeException(nameof(loss), loss, "the first loss must be finite");
        if (!(Cut is > 0 and < 1 && Recovery >= 1 && Growth >= 1 && Tolerance > 0 && Window >= 1 && Spreads >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(loss), $"a parameter of {this} is out of its range");
        }
        return new([loss], loss, Reference: loss, Deviation: 0, Multiple: 1, WasCut: false, Repeats: 0);
    }

    /// <summary>The loss above which a step is undone.</summary>
    public double Threshold(RollBackState state) => state.Reference + Math.Max(
        Tolerance * Math.Max(Math.Abs(state.Reference), Math.Abs(state.FirstLoss)), Spreads * state.Deviation);

    /// <summary>Decides about the last step by the loss that it led to.</summary>
    /// <param name="state">State before that step.</param>
    /// <param name="loss">Loss after it; NaN and infinities are above every threshold.</param>
    /// <returns>The state of the next step, from the new point or from the old one, and the decision.</returns>
    public (RollBackState State, SteeringDecision Decision) Next(RollBackState state, double loss)
    {
        if (loss <= Threshold(state))
        {
            var next = state with
            {
                Recent = [.. state.Recent.Append(loss).TakeLast(Window)],
                Multiple = MultipleAfter(state, 1),
                Repeats = 0,
            };
            return (Referred(next), SteeringDecision.Accept);
        }
        var back = AfterCut(state) with { Repeats = state.Repeats + 1 };
        return (back, back.Repeats > MostRepeats ? SteeringDecision.GiveUp : SteeringDecision.Undo);
    }

    /// <summary>The multiple after a number of further steps that are all accepted.</summary>
    internal double MultipleAfter(RollBackState state, int steps) => Growth > 1
        ? state.Multiple * Math.Pow(state.WasCut ? Recovery : Growth, steps)
        : Math.Min(1, state.Multiple * Math.Pow(Recovery, steps));

    /// <summary>Returns the state with the reference that its recent losses give.</summary>
    private RollBackState Referred(RollBackState state)
    {
        if (Spreads == 0) return state with { Reference = state.Recent.Min() };
        var median = Median(state.Recent);
        return median < state.Reference
            ? state with
            {
                Reference = median,
                Deviation = DeviationsPerMedian * Median([.. state.Recent.Select(loss => Math.Abs(loss - median))]),
            }
            : state;
    }

    /// <summary>The median; of an even number of values the upper of the two in the middle.</summary>
    internal static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Returns the state with the rate cut.</summary>
    internal RollBackState AfterCut(RollBackState state) => state with { Multiple = state.Multiple * Cut, WasCut = true };

    /// <inheritdoc/>
    public override SteeringState Start(SteeringPoint at) => Start(at.Loss);

    /// <inheritdoc/>
    public override (SteeringState State, SteeringDecision Decision) Next(SteeringState state, SteeringPoint at) =>
        Next((RollBackState)state, at.Loss);

    /// <inheritdoc/>
    public override double MultipleAfter(SteeringState state, int steps) => MultipleAfter((RollBackState)state, steps);

    /// <inheritdoc/>
    public override void Save(SteeringState state, Snapshot to)
    {
        var roll = (RollBackState)state;
        to.Set("recent", roll.Recent);
        to.Set("first_loss", roll.FirstLoss);
        to.Set("reference", roll.Reference);
        to.Set("deviation", roll.Deviation);
        to.Set("multiple", roll.Multiple);
        to.Set("was_cut", roll.WasCut ? 1L : 0);
        to.Set("repeats", (long)roll.Repeats);
    }

    /// <inheritdoc/>
    public override SteeringState Restored(Snapshot from) => new RollBackState(
        from.Numbers("recent"),
        from.Number("first_loss"),
        from.Number("reference"),
        from.Number("deviation"),
        from.Number("multiple"),
        from.Whole("was_cut") == 1,
        (int)from.Whole("repeats"));
}

/// <summary>The state of <see cref="RollBackAndCut"/> at a point.</summary>
/// <param name="Recent">The losses of the last steps that were accepted, that of the point included.</param>
/// <param name="FirstLoss">The loss at the start.</param>
/// <param name="Reference">The loss that the next one is compared with.</param>
/// <param name="Deviation">Standard deviation of the losses around it; 0 for full batches.</param>
/// <param name="Multiple">The rate of the next step, as a multiple of the rate that the training itself chooses.</param>
/// <param name="WasCut">True if the rate was cut before.</param>
/// <param name="Repeats">Number of steps from the point that were undone.</param>
public sealed record RollBackState(
    IReadOnlyList<double> Recent,
    double FirstLoss,
    double Reference,
    double Deviation,
    double Multiple,
    bool WasCut,
    int Repeats)
    : SteeringState(Multiple);
