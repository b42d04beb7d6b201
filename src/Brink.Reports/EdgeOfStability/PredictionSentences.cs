using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about the predictions of gradient descent.</summary>
internal static class PredictionSentences
{
    public static IEnumerable<string> Of(EdgeMeasurements at)
    {
        foreach (var lost in at.Run.Events().Where(one => one.Kind == EdgeSchema.LostEvent))
            yield return $"A prediction ended at step {Story.N(lost.Step)} ({lost.Message}).";
        if (Errors(at, EdgeSchema.Predicted) is not { Count: > 0 } errors) yield break;

        // The first steps of the run, over which the errors in the manifest are averaged.
        var end = at.Manifest.Get(EdgeSchema.PredictionWindow) is { } window ? at.Instability + window : long.MaxValue;
        var first = errors.Where(error => error.Step < end).ToArray();
        if (first.Length > 0)
        {
            yield return $"Over the first {Story.N(first.Length)} measured steps the predicted sharpness differed from that of gradient"
                + $" descent by {Spread(first.Select(error => error.Sharpness))} (relative to 2/η), and the predicted loss by"
                + $" {Spread(first.Select(error => error.Loss))} (relative to the loss).";
        }
        if (first.Length < errors.Count)
            yield return $"Over all {Story.N(errors.Count)} measured steps the sharpness differed by"
                + $" {Spread(errors.Select(error => error.Sharpness))}.";
        if (Errors(at, EdgeSchema.Generalized).Where(error => error.Step < end).ToArray() is { Length: > 0 } generalized)
        {
            yield return $"The generalized prediction of the sharpness, over the first {Story.N(generalized.Length)} measured steps,"
                + $" differed by {Spread(generalized.Select(error => error.Sharpness))}.";
        }
    }

    /// <summary>Returns the errors of a prediction at each step at which all four values are finite and the loss is not zero.</summary>
    private static IReadOnlyList<(long Step, double Sharpness, double Loss)> Errors(EdgeMeasurements at, string prediction)
    {
        var (sharpness, loss) = (ByStep(EdgeSchema.Descent, EdgeSchema.Sharpness), ByStep(EdgeSchema.Descent, EdgeSchema.Loss));
        var predictedLoss = ByStep(prediction, EdgeSchema.Loss);
        return
        [
            .. at.Finite(prediction, EdgeSchema.Sharpness)
                .Where(point => sharpness.ContainsKey(point.Step)
                    && predictedLoss.ContainsKey(point.Step)
                    && loss.GetValueOrDefault(point.Step) != 0)
                .Select(point => (
                    point.Step,
                    Math.Abs(point.Value - sharpness[point.Step]) / at.Threshold,
                    Math.Abs(predictedLoss[point.Step] - loss[point.Step]) / Math.Abs(loss[point.Step]))),
        ];

        Dictionary<long, double> ByStep(string process, string series) =>
            at.Finite(process, series).ToDictionary(point => point.Step, point => point.Value);
    }

    private static string Spread(IEnumerable<double> errors)
    {
        double[] all = [.. errors];
        return $"{P(all.Average())} on average and {P(all.Max())} at most";
    }

    private static string P(double share) => share.ToString("0.00 %", CultureInfo.InvariantCulture);
}
