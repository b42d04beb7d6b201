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
        one.FinalLoss is { } loss ? Story.N(loss) : "diverged",
        Story.Percent(one.Accuracy),
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
            BnpResult[] here = [.. all.Where(one => one.Batch == batch)];
            if (here.Where(one => one.FinalLoss is not null).MinBy(one => one.FinalLoss) is not { } best) continue;
            yield return $"At batch size {Story.N(batch)} {best.Variant} had the lowest training loss, {Story.N(best.FinalLoss!.Value)};"
                + " on test images right were "
                + string.Join(", ", here.Select(one => $"{one.Variant} {Story.Percent(one.Accuracy)}")) + ".";
            if (here.FirstOrDefault(one => one.Variant == BnpSchema.Bnp) is { Spread: { } after, PlainSpread: { } before })
            {
                yield return $"Preconditioning took the largest eigenvalue of its Hessian from {Story.N(before)} to {Story.N(after)}"
                    + " times the mean magnitude.";
            }
        }
        foreach (var one in all.Where(one => one.Reason is not null))
            yield return $"{one.Variant} at batch size {Story.N(one.Batch)} has no condition number: {one.Reason}.";
    }

    private static string Shown(double? value) => value is { } number ? Story.N(number) : "–";
}
