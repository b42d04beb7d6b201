using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about the loss and the sharpness of gradient descent.</summary>
internal static class DescentSentences
{
    /// <summary>Returns the sentences of a run that reached 2/eta.</summary>
    public static IEnumerable<string> AtTheEdge(EdgeMeasurements at)
    {
        var (loss, sharpness) = (at.Loss.Where(point => point.Step >= at.Instability).ToArray(), at.Sharpness);
        if (loss.Length > 1)
        {
            yield return $"In the {Story.N(loss.Length - 1)} steps that followed, the loss {Course(loss[0].Value, loss[^1].Value)}"
                + (sharpness.Count == 0 ? "." : $"; {Position(at, sharpness)}.");
        }
        var excess = PairMeans.Of(sharpness).Select(point => point with { Value = point.Value - at.Threshold }).ToArray();
        if (EdgeStory.Returns(excess, at.Threshold) is { Count: > 0 } returns)
        {
            yield return "Averaged over two measurements, the sharpness rose above 2/η and fell below it again "
                + (returns.Count == 1
                    ? $"once, at step {Story.N(returns[0])}."
                    : $"{Story.N(returns.Count)} times, on average every"
                        + $" {Story.N(Math.Round((returns[^1] - returns[0]) / (returns.Count - 1.0)))} steps.");
        }
        foreach (var sentence in OfAllSteps(at)) yield return sentence;
    }

    /// <summary>Returns the sentences of a run that did not reach 2/eta. Where it diverged, the sharpness exceeded 2/eta between
    /// two checks.</summary>
    public static IEnumerable<string> BelowTheEdge(EdgeMeasurements at)
    {
        if (at.Midpoints is [.., var last] && at.Loss is [.., var end] && at.Manifest.Status != RunStatus.Diverged.Name())
        {
            yield return $"Gradient descent with learning rate {Story.N(2 / at.Threshold)} did not reach the edge of stability in"
                + $" {Story.N(end.Step)} steps: the largest measured sharpness was"
                + $" {at.Times(at.Midpoints.Max(point => point.Value))} times 2/η = {Story.N(at.Threshold)},"
                + $" the last one {at.Times(last.Value)} times.";
        }
        foreach (var sentence in OfAllSteps(at)) yield return sentence;
    }

    private static IEnumerable<string> OfAllSteps(EdgeMeasurements at)
    {
        var smooth = at.Smooth;
        foreach (var sentence in SpikeSentences.Of(at.Loss, smooth, sharpness => $"{at.Times(sharpness)} times 2/η"))
            yield return sentence;
        if (LateFall.Of(smooth, at.Threshold) is not { } fall) yield break;
        yield return $"Progressive sharpening raised the sharpness from {at.Times(fall.First.Value)} times 2/η at step"
            + $" {Story.N(fall.First.Step)} to {at.Times(fall.Highest.Value)} times at step {Story.N(fall.Highest.Step)}; at the end"
            + $" it was falling, to {at.Times(fall.Last)} times 2/η.";
        if (LateFall.Normal(at.Manifest) is { } normal) yield return normal;
    }

    private static string Course(double first, double last) =>
        last < first ? $"fell from {Story.N(first)} to {Story.N(last)}"
        : last > first ? $"rose from {Story.N(first)} to {Story.Finite(last)}"
        : $"went from {Story.Finite(first)} to {Story.Finite(last)}";

    private static string Position(EdgeMeasurements at, IReadOnlyList<SeriesPoint> sharpness)
    {
        var (above, range) = (sharpness.Count(point => point.Value > at.Threshold), at.Range(sharpness.Select(point => point.Value)));
        return above == 0 ? $"the sharpness did not exceed 2/η: it was {range}"
            : above == sharpness.Count ? $"the sharpness stayed above 2/η, {range}"
            : $"the sharpness was above 2/η at {Story.N(above)} of {Story.N(sharpness.Count)} measured steps, and {range}";
    }
}
