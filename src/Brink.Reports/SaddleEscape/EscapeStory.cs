using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about an escape study, and the rows of its table.</summary>
internal static class EscapeStory
{
    public static IEnumerable<string> Of(RunManifest manifest)
    {
        if (manifest.Get(EscapeSchema.Results) is not { Count: > 0 } rows) yield break;
        var problem = manifest.Get(EscapeSchema.Problem);
        yield return "Every run starts exactly on a strict saddle and ends at a point that is certified to be an ε-local minimizer, or"
            + " at its largest number of steps. " + (problem == EscapeSchema.Chain
            ? "Each accuracy has its own problem, with the smallest slopes and curvatures that matter at this accuracy: the worst case of"
                + " the theory."
            : $"The problem '{problem}', which an overparameterized model fits exactly, is the same at each accuracy: the exponents of"
                + " the theory are upper bounds for those of this problem.");
        foreach (var row in rows)
        {
            if (row.Slope is not { } slope) continue;
            var grows = row.Against == EscapeSchema.Dimension ? $"dimension^{Story.N(slope)}" : $"(1/ε)^{Story.N(slope)}";
            yield return $"{Label(row)}: the number of oracle calls grows as {grows}"
                + (row is { Low: { } low, High: { } high } ? $" (95 % interval of the exponent: {Story.N(low)} to {Story.N(high)})" : "")
                + (row.Theory is { } theory ? $"; the exponent of the theory is {Story.N(theory)}." : ".");
        }
        foreach (var row in rows.Where(row => row is { Certified: 0, Runs: > 0 }))
        {
            yield return $"{Label(row)}: none of {Story.N(row.Runs)} runs reached a certified point within its steps"
                + (row is { Method: EscapeSchema.Sgd, Condition: EscapeSchema.StrongGrowth }
                    ? "; at a saddle the noise is zero, as is the gradient."
                    : ".");
        }
        foreach (var row in rows.Where(row => row.Certified > 0 && row.Certified < row.Runs))
            yield return $"{Label(row)}: {Story.N(row.Certified)} of {Story.N(row.Runs)} runs reached a certified point.";
        yield return "Oracle calls of the certificate are not counted.";
    }

    public static string[] Row(EscapeRow row) =>
    [
        row.Method,
        row.Condition,
        row.Against,
        Shown(row.Slope),
        row is { Slope: not null, Low: { } low, High: { } high } ? $"{Story.N(low)} to {Story.N(high)}" : "–",
        Shown(row.Theory),
        $"{row.Certified} of {row.Runs}",
    ];

    public static string Label(EscapeRow row) => $"{row.Method}, {row.Condition}";

    private static string Shown(double? value) => value is { } number ? Story.N(number) : "–";
}
