using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about the constrained trajectory and gradient flow.</summary>
internal static class OtherTrajectorySentences
{
    public static IEnumerable<string> Of(EdgeMeasurements at) => [.. Flow(at), .. Directions(at), .. Constraint(at)];

    private static IEnumerable<string> Flow(EdgeMeasurements at)
    {
        var flow = at.Finite(EdgeSchema.Flow, EdgeSchema.Sharpness);
        if (flow is not [.., var last]) yield break;
        var (above, highest) = (flow.Count(point => point.Value > at.Threshold), flow.MaxBy(point => point.Value)!);
        yield return "The sharpness of gradient flow "
            + (above == 0 ? "did not exceed 2/η; it was"
                : above == flow.Count ? "stayed above 2/η; it was"
                : $"was above 2/η at {Story.N(above)} of {Story.N(flow.Count)} measured steps,")
            + $" at most {at.Times(highest.Value)} times 2/η, at step {Story.N(highest.Step)}, and"
            + $" {at.Times(last.Value)} times at the end.";
    }

    private static IEnumerable<string> Directions(EdgeMeasurements at)
    {
        var directions = at.Run.Points(EdgeSchema.Directions);
        if (!directions.Any(point => point.Value > 1)) yield break;
        var step = directions.First(point => point.Value > 1).Step;
        yield return $"At step {Story.N(step)} a second direction joined those that the constrained trajectory follows;"
            + $" at most {Story.N(directions.Max(point => point.Value))} were followed at once.";
    }

    private static IEnumerable<string> Constraint(EdgeMeasurements at)
    {
        var active = at.Run.Points(EdgeSchema.Held).Where(point => point.Value > 0).Select(point => point.Step).ToHashSet();
        var sharpness = at.Finite(EdgeSchema.Constrained, EdgeSchema.Sharpness)
            .ToLookup(point => active.Contains(point.Step), point => point.Value);
        var (held, free) = (sharpness[true].ToArray(), sharpness[false].ToArray());
        if (held.Length + free.Length == 0 || at.Run.Points(EdgeSchema.Held).Count == 0) yield break;
        const string constraint = "The constraint of the constrained trajectory, a sharpness of at most 2/η, was";
        if (held.Length == 0)
        {
            yield return $"{constraint} never active: its sharpness was {at.Range(free)}.";
            yield break;
        }
        yield return free.Length == 0
            ? $"{constraint} active at all {Story.N(held.Length)} tracked steps."
            : $"{constraint} active at {Story.N(held.Length)} of {Story.N(held.Length + free.Length)} tracked steps; at the others its"
                + $" sharpness was {at.Range(free)}.";
        var alignment = at.Finite(EdgeSchema.AlignmentError.Process, EdgeSchema.AlignmentError.Name)
            .Where(point => active.Contains(point.Step))
            .ToArray();
        yield return "While it was active, its sharpness differed from 2/η by at most"
            + $" {Story.N(held.Max(value => Math.Abs(value - at.Threshold)) / at.Threshold)} of it"
            + (alignment.Length == 0
                ? "."
                : $", and the part of the gradient along u was at most {Story.N(alignment.Max(point => point.Value))} of its norm.");
    }
}
