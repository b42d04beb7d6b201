using Brink.Algebra;

namespace Brink.Steering;

/// <summary>A burst of the loss at its peak.</summary>
/// <param name="Step">Number of the step that led to the peak.</param>
/// <param name="Excess">Loss at the peak above the lowest one before it.</param>
public sealed record Burst(long Step, double Excess);

/// <summary>The bursts in the losses of a training on full batches, the forecasts of them, and how many of those were right.</summary>
/// <remarks>A burst raises the loss by a hundredth of its lowest value at least, and ends when half of the rise is gone, or when a step is
/// undone: the loss of that step then counts as the peak, which would have been higher. A forecast is for the first burst
/// whose peak comes after it; it is right if the excess is within a factor of two.</remarks>
/// <param name="Low">Lowest loss since the last burst.</param>
/// <param name="Peak">Highest loss after it.</param>
/// <param name="PeakStep">Step of that loss.</param>
/// <param name="Recent">The last bursts that ended, 20 at most.</param>
/// <param name="Expected">Forecasts whose burst has not come.</param>
/// <param name="Forecasts">Number of forecasts whose burst has come.</param>
/// <param name="Right">How many of them were right.</param>
public sealed record BurstHistory(
    double Low,
    double Peak,
    long PeakStep,
    IReadOnlyList<Burst> Recent,
    IReadOnlyList<BurstForecast> Expected,
    long Forecasts,
    long Right)
{
    private const double LeastRise = 0.01;

    private const int Kept = 20;

    private const double Factor = 2;

    /// <summary>The last burst that ended; null before the first.</summary>
    public Burst? Last => Recent is [.., var last] ? last : null;

    /// <summary>Excesses of the last bursts.</summary>
    public IReadOnlyList<double> Excesses => [.. Recent.Select(burst => burst.Excess)];

    /// <summary>Median of those excesses; null before the first.</summary>
    public double? MedianExcess => Recent.Count == 0 ? null : RollBackAndCut.Median(Excesses);

    /// <summary>The history before any loss is known.</summary>
    public static BurstHistory Empty { get; } = Start(double.PositiveInfinity);

    /// <summary>The history before the first step.</summary>
    /// <param name="loss">Loss there.</param>
    public static BurstHistory Start(double loss) => new(loss, loss, 0, [], [], 0, 0);

    /// <summary>The history after a step that was accepted.</summary>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="loss">Loss after it.</param>
    public BurstHistory Next(long step, double loss)
    {
        if (!(loss <= Peak)) return this with { Peak = loss, PeakStep = step };
        var rise = Peak - Low;
        if (rise >= LeastRise * Math.Abs(Low) && loss <= Low + (rise / 2))
            return Ended(new(PeakStep, rise)) with { Low = loss, Peak = loss, PeakStep = step };
        return loss < Low ? this with { Low = loss, Peak = loss, PeakStep = step } : this;
    }

    /// <summary>The history after a step that was undone.</summary>
    /// <param name="step">Number of the step.</param>
    /// <param name="loss">Loss after it; NaN is counted as infinite.</param>
    /// <param name="before">Loss where it began, from which the training continues.</param>
    public BurstHistory Undone(long step, double loss, double before)
    {
        var back = this with { Low = before, Peak = before, PeakStep = step - 1 };
        // A step that is undone several times is one burst.
        if (Last?.Step == step) return back;
        return back.Ended(new(step, (double.IsNaN(loss) ? double.PositiveInfinity : loss) - Math.Min(Low, before)));
    }

    /// <summary>The history with a forecast, in place of one that was made at the same step.</summary>
    public BurstHistory With(BurstForecast forecast) =>
        this with { Expected = [.. Expected.Where(one => one.Step != forecast.Step), forecast] };

    private BurstHistory Ended(Burst burst)
    {
        var settled = Expected.Where(forecast => forecast.Step < burst.Step).ToArray();
        return this with
        {
            Recent = [.. Recent.Append(burst).TakeLast(Kept)],
            Expected = [.. Expected.Except(settled)],
            Forecasts = Forecasts + settled.Length,
            Right = Right + settled.Count(forecast => IsRight(forecast.Burst.Excess / burst.Excess)),
        };

        static bool IsRight(double ratio) => ratio is >= 1 / Factor and <= Factor;
    }

    internal void Save(Snapshot to)
    {
        to.Set("extremes", [Low, Peak]);
        to.Set("recent", Recent.SelectMany(burst => new[] { burst.Step, burst.Excess }));
        to.Set("peak_step", PeakStep);
        to.Set("forecasts", Forecasts);
        to.Set("right", Right);
        to.Set("expected", Expected.SelectMany(one => new[] { one.Step, one.Burst.Step, one.Burst.Excess }));
    }

    internal static BurstHistory Restored(Snapshot from)
    {
        var extremes = from.Numbers("extremes");
        return new(
            extremes[0],
            extremes[1],
            from.Whole("peak_step"),
            [.. from.Numbers("recent").Chunk(2).Select(one => new Burst((long)one[0], one[1]))],
            [.. from.Numbers("expected").Chunk(3).Select(one => new BurstForecast((long)one[0], new((long)one[1], one[2])))],
            from.Whole("forecasts"),
            from.Whole("right"));
    }
}
