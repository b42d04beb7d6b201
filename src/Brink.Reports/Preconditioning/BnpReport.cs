using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a study of BNP.</summary>
internal static class BnpReport
{
    public static StudyReport Report { get; } = new(BnpSchema.Kind)
    {
        Sentences = run => BnpStory.Of(run.Manifest()),
        Results =
        [
            ResultTable.Of(
                BnpSchema.Results,
                "trainings",
                [
                    "batch size", "variant", "learning rate", "final loss", "test accuracy",
                    "condition number", "λ spread", "λ spread without P", "seconds",
                ],
                BnpStory.Row),
        ],
        Chapters = BnpFigures.Chapters,
        FigureNames = ["bnp_loss", "bnp_accuracy", "bnp_spread", "bnp_condition"],
        Document = run => (run.Manifest().Get(BnpSchema.Results) ?? []).Select(result => new
        {
            result.Variant,
            result.Batch,
            result.LearningRate,
            result.Steps,
            result.Seconds,
            result.FinalLoss,
            result.Accuracy,
            result.ConditionNumber,
            result.PlainConditionNumber,
            result.Spread,
            result.PlainSpread,
            result.Reason,
            Run = run.Folder,
        }),
    };
}
