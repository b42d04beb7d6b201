using System.Globalization;

namespace Brink.Steering;

/// <summary>The next burst of a training, as the predicted dynamics of one direction foresees it.</summary>
/// <param name="Step">Number of the step after which the forecast was made.</param>
/// <param name="Burst">The burst.</param>
public sealed record BurstForecast(long Step, Burst Burst)
{
    // Farther ahead the direction and its third derivatives are others.
    private const int Horizon = 500;

    /// <summary>Follows the map to the next peak; null if there is none within 500 steps.</summary>
    /// <param name="map">The map at the point.</param>
    /// <param name="history">Losses so far: a burst may have begun.</param>
    /// <param name="step">Number of the step that led to the point.</param>
    /// <param name="loss">Loss at the point.</param>
    /// <param name="learningRate">Returns the learning rate of a step from the point, from 0.</param>
    public static BurstForecast? Of(BurstMap map, BurstHistory history, long step, double loss, Func<int, double> learningRate)
    {
        var first = map.Sharpness * map.Displacement * map.Displacement / 2;
        var at = step;
        foreach (var excess in map.Excesses(learningRate).Take(Horizon))
        {
            history = history.Next(++at, loss - first + excess);
            if (history.Last is { } burst && burst.Step > step) return double.IsFinite(burst.Excess) ? new(step, burst) : null;
        }
        return null;
    }

    /// <summary>The forecast in one sentence, with its share of success so far.</summary>
    /// <param name="history">The history that the forecast belongs to.</param>
    public string Sentence(BurstHistory history) => string.Create(
        CultureInfo.InvariantCulture,
        $"The next burst by the map of one direction: in {Counted(Burst.Step - Step)}, {Burst.Excess:g2} above the lowest loss"
            + $" ({Successes(history)}"
            + $"{(history.MedianExcess is { } median ? $"; median of the last bursts {median:g2}" : "")})");

    private static string Counted(long steps) => steps == 1 ? "1 step" : $"{steps} steps";

    private static string Successes(BurstHistory history) => history.Forecasts == 0
        ? "no earlier forecast"
        : $"{history.Right} of {history.Forecasts} earlier forecasts within a factor of two";
}
