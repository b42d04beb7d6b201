using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a BNP study, and the rows of its table.</summary>
internal static class BnpStory
{
    public static string[] Row(BnpResult one) =>
    [
        Story.N(one.Batch),
        one.Variant,
        Story.N(one.LearningRate),
        one.FinalLoss is { } loss ? Story.N(loss) : "not finite",
        one.FinalLoss is null ? "–" : Story.Percent(one.Accuracy),
        Shown(one.ConditionNumber),
        Shown(one.Spread),
        Shown(one.PlainSpread),
        Story.N(one.Seconds),
    ];

    public static IEnumerable<string> Of(RunManifest manifest)
    {
        var all = manifest.Get(BnpSchema.Results) ?? [];
        foreach (var batch in all.Select(one => one.Batch).Distinct().OrderDescending())
        {
            var here = all.Where(one => one.Batch == batch).ToLookup(one => one.FinalLoss is not null);
            BnpResult[] ended = [.. here[true]];
            if (ended.Length > 0)
            {
                var least = ended.Min(one => one.FinalLoss!.Value);
                yield return $"At batch size {Story.N(batch)}"
                    + $" {string.Join(" and ", ended.Where(one => one.FinalLoss == least).Select(one => one.Variant))}"
                    + (ended.Length == 1 ? " ended with a training loss of " : " had the lowest training loss, ") + Story.N(least)
                    + $"; test accuracy: {string.Join(", ", ended.Select(one => $"{one.Variant} {Story.Percent(one.Accuracy)}"))}.";
            }
            if (here[false].Any())
            {
                yield return $"At batch size {Story.N(batch)} these trainings have no finite final loss:"
                    + $" {string.Join(", ", here[false].Select(one => one.Variant))}.";
            }
            var bnp = all.FirstOrDefault(one => one.Batch == batch && one.Variant == BnpSchema.Bnp);
            if (bnp is { Spread: { } after, PlainSpread: { } before })
            {
                const string ratio = "the ratio of the largest to the mean magnitude of the Hessian's eigenvalues";
                yield return after == before
                    ? $"Preconditioning did not change {ratio}, {Story.N(before)}."
                    : $"Preconditioning {(after < before ? "reduced" : "increased")} {ratio} from {Story.N(before)} to {Story.N(after)}.";
            }
        }
        foreach (var one in all.Where(one => one.Reason is not null))
            yield return $"{one.Variant} at batch size {Story.N(one.Batch)} has no condition number: {one.Reason}.";
    }

    private static string Shown(double? value) => value is { } number ? Story.N(number) : "–";
}
