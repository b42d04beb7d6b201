using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about the spikes of a loss: catapults, in which the sharpness fell, and others.</summary>
internal static class SpikeSentences
{
    /// <summary>Returns a sentence about the catapults and one about the other spikes, each only if there are any.</summary>
    /// <param name="loss">Loss by step.</param>
    /// <param name="sharpness">Sharpness by step.</param>
    /// <param name="value">Formats a sharpness.</param>
    /// <param name="training">Names the training, at the start of a sentence; null if there is only one.</param>
    public static IEnumerable<string> Of(
        IReadOnlyList<SeriesPoint> loss, IReadOnlyList<SeriesPoint> sharpness, Func<double, string> value, string? training = null)
    {
        SeriesPoint[] measured = [.. sharpness.Where(point => double.IsFinite(point.Value))];
        var spikes = LossSpike.In(loss).Select(spike => (Spike: spike, Fall: spike.Fall(measured))).ToArray();
        var catapults = spikes.Where(one => one.Fall is not null).ToArray();
        if (catapults.Length > 0)
        {
            var (largest, fall) = catapults.MaxBy(one => Height(one.Spike));
            yield return Begun(catapults.Length == 1
                    ? "there was one catapult, a spike of the loss with a fall of the sharpness: the loss"
                    : $"there were {Story.N(catapults.Length)} catapults, spikes of the loss with a fall of the sharpness; in the largest"
                        + " the loss")
                + $" {Course(largest)}, and the sharpness fell from {value(fall!.Value.From.Value)} to {value(fall.Value.To.Value)}.";
        }
        var others = spikes.Where(one => one.Fall is null).Select(one => one.Spike).ToArray();
        if (others.Length > 0)
        {
            yield return Begun($"the loss had {(others.Length == 1 ? "a spike" : $"{Story.N(others.Length)} spikes")}"
                + " without a measured fall of the sharpness by"
                + $" {Story.Percent(LossSpike.LeastFall)} or more{(others.Length == 1 ? ": it" : "; in the largest it")}"
                + $" {Course(others.MaxBy(Height)!)}.");
        }

        string Begun(string sentence) => training is null ? char.ToUpperInvariant(sentence[0]) + sentence[1..] : $"{training} {sentence}";
    }

    private static double Height(LossSpike spike) => spike.High.Value / spike.Low.Value;

    private static string Course(LossSpike spike) =>
        $"rose from {Story.N(spike.Low.Value)} at step {Story.N(spike.Low.Step)} to {Story.N(spike.High.Value)} at step"
            + $" {Story.N(spike.High.Step)} and fell again";
}
