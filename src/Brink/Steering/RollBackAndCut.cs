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
/// <param name="Quantile">Which of the recent losses is the reference: 0 the least, for full batches; 0.5 the median, for small
/// ones.</param>
/// <param name="Spreads">Rise that is allowed in standard deviations of the recent losses, estimated by their median deviation; 0
/// for full batches, whose losses have no noise.</param>
/// <param name="Growth">Factor by which the rate grows at every step beyond the first rate, while nothing happens; 1: it does
/// not.</param>
/// <param name="MostRepeats">Largest number of times that one step is undone, after which the policy gives up.</param>
public sealed record RollBackAndCut(
    double Cut = 0.5,
    double Recovery = 1.05,
    double Tolerance = 0.2,
    int Window = 20,
    double Quantile = 0,
    double Spreads = 0,
    double Growth = 1,
    int MostRepeats = 40)
{
    // The median deviation of a normal distribution is 0.6745 standard deviations.
    private const double DeviationsPerMedian = 1.4826;

    /// <summary>The policy for small batches, whose losses are noisy: the reference is their median, and a rise has to stand out of
    /// their spread.</summary>
    public static RollBackAndCut ForSmallBatches { get; } = new(Window: 50, Quantile: 0.5, Spreads: 6);

    /// <summary>Returns the state before the first step.</summary>
    /// <param name="loss">Loss there, which must be finite: there is nothing to return to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The loss is not finite, or a parameter is out of its range.</exception>
    public SteeringState Start(double loss)
    {
        if (!double.IsFinite(loss)) throw new ArgumentOutOfRangeException(nameof(loss), loss, "the first loss must be finite");
        if (!(Cut is > 0 and < 1 && Recovery >= 1 && Growth >= 1 && Tolerance > 0 && Window >= 1)
            || !(Quantile is >= 0 and <= 1 && Spreads >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(loss), $"a parameter of {this} is out of its range");
        }
        return new([loss], loss, Multiple: 1, Ceiling: double.PositiveInfinity, Repeats: 0);
    }

    /// <summary>The loss above which a step is undone.</summary>
    public double Threshold(SteeringState state)
    {
        double[] sorted = [.. state.Recent.Order()];
        var reference = At(sorted, Quantile);
        var allowed = Tolerance * Math.Max(Math.Abs(reference), Math.Abs(state.FirstLoss));
        if (Spreads > 0)
        {
            var median = At(sorted, 0.5);
            var deviation = At([.. sorted.Select(loss => Math.Abs(loss - median)).Order()], 0.5);
            allowed = Math.Max(allowed, Spreads * DeviationsPerMedian * deviation);
        }
        return reference + allowed;
    }

    /// <summary>Decides about the last step by the loss that it led to.</summary>
    /// <param name="state">State before that step.</param>
    /// <param name="loss">Loss after it; NaN and infinities are above every threshold.</param>
    /// <returns>The state of the next step, from the new point or from the old one, and the decision.</returns>
    public (SteeringState State, SteeringDecision Decision) Next(SteeringState state, double loss)
    {
        if (loss <= Threshold(state))
        {
            var most = Math.Max(1, state.Ceiling);
            var grown = state.Multiple < 1
                ? Math.Min(1, state.Multiple * Recovery)
                : Growth > 1 ? Math.Min(most, state.Multiple * Growth) : state.Multiple;
            var recent = state.Recent.Append(loss).TakeLast(Window);
            return (state with { Recent = [.. recent], Multiple = grown, Repeats = 0 }, SteeringDecision.Accept);
        }
        // A rate that lost the run beyond the first one is not tried again.
        var ceiling = state.Multiple > 1 ? Math.Min(state.Ceiling, state.Multiple * Cut) : state.Ceiling;
        var back = state with { Multiple = state.Multiple * Cut, Ceiling = ceiling, Repeats = state.Repeats + 1 };
        return (back, back.Repeats > MostRepeats ? SteeringDecision.GiveUp : SteeringDecision.Undo);
    }

    /// <summary>The quantile of sorted values: one of them, without interpolation.</summary>
    private static double At(double[] sorted, double quantile) => sorted[(int)Math.Round(quantile * (sorted.Length - 1))];
}

/// <summary>The state of a policy at a point.</summary>
/// <param name="Recent">The losses of the last steps that were accepted, that of the point included.</param>
/// <param name="FirstLoss">The loss at the start.</param>
/// <param name="Multiple">The rate of the next step, as a multiple of the rate that the training itself chooses.</param>
/// <param name="Ceiling">Largest multiple above 1 that the rate may grow to.</param>
/// <param name="Repeats">Number of steps from the point that were undone.</param>
public sealed record SteeringState(IReadOnlyList<double> Recent, double FirstLoss, double Multiple, double Ceiling, int Repeats);

/// <summary>What a policy decides about a step.</summary>
public enum SteeringDecision
{
    /// <summary>The step stays.</summary>
    Accept,

    /// <summary>The step is undone, and repeated at a smaller rate.</summary>
    Undo,

    /// <summary>The step is undone, and no smaller rate is tried: the training stops.</summary>
    GiveUp,
}
