using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about an escape study, and the rows of its table.</summary>
internal static class EscapeStory
{
    public static IEnumerable<string> Of(RunManifest manifest)
    {
        if (manifest.Get(EscapeSchema.Results) is not { } rows) yield break;
        var problem = manifest.Get(EscapeSchema.Problem);
        yield return problem == EscapeSchema.Chain
            ? "Every run starts exactly on a strict saddle and ends where its point is certified to be an ε-local minimizer. The problem is"
                + " built anew for each accuracy, with slopes and curvatures as small as that accuracy still sees: the worst case of the theory."
            : $"Every run starts exactly on a strict saddle of the problem '{problem}', which a model of too many parameters fits exactly, and"
                + " ends where its point is certified to be an ε-local minimizer. The problem is the same at each accuracy: the theory's"
                + " exponents are upper bounds here, and what is measured is the problem's own.";
        foreach (var row in rows)
        {
            if (row.Slope is not { } slope) continue;
            var grows = row.Against == EscapeSchema.Dimension ? $"dimension^{Story.N(slope)}" : $"(1/ε)^{Story.N(slope)}";
            yield return $"{Label(row)}: calls grow as {grows}"
                + (row.Theory is { } theory ? $", in theory {Story.N(theory)}." : ".");
        }
        foreach (var row in rows.Where(row => row.Certified == 0))
        {
            yield return $"{Label(row)} never got away within the steps it had"
                + (row is { Method: EscapeSchema.Sgd, Condition: EscapeSchema.StrongGrowth } ? ": at a saddle its noise is zero with its gradient." : ".");
        }
        yield return "Calls of the certificate are not counted.";
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
