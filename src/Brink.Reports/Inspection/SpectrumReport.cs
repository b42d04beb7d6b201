using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of the Hessian spectrum that <c>brink inspect</c> computed.</summary>
internal static class SpectrumReport
{
    /// <summary>The table of the largest stable step of each optimizer; the report of a stability monitor has it as
    /// well.</summary>
    public static ResultTable Advice { get; } = ResultTable.Of(
        InspectionSchema.Advice,
        "largest stable steps",
        ["method", "largest stable step", "reason"],
        one => [one.Method, InWords(one.LargestStep), one.Reason]);

    public static StudyReport Report { get; } = new(InspectionSchema.Kind)
    {
        Sentences = run => SpectrumStory.Of(run.Manifest()),
        Headline =
        [
            Headline.Of(InspectionSchema.Sharpness, "sharpness", "G5"),
            Headline.Of(InspectionSchema.LargestStableStep, "largest stable step", "G4"),
            Headline.Of(InspectionSchema.EffectiveRank, "effective rank", "G4"),
            Headline.Of(InspectionSchema.ParticipationRank, "participation rank", "G4"),
            Headline.Of(InspectionSchema.ConditionNumber, "condition number without eigenvalues below 1e-6 S", "G3"),
        ],
        Results =
        [
            ResultTable.Of(
                InspectionSchema.Layers,
                "layers",
                ["layer", "parameters", "sharpness", "trace", "share of u"],
                layer =>
                [
                    layer.Name, Story.N(layer.Parameters), Story.N(layer.Sharpness), Story.N(layer.Trace.Value),
                    Story.Percent(layer.DirectionShare),
                ]),
            Advice,
        ],
        Chapters = run => [new("Spectrum of the Hessian", SpectrumFigures.Of(run))],
        FigureNames = ["density", "log_density", "extremes"],
    };

    private static string InWords(double step) =>
        double.IsNaN(step) ? "not known" : double.IsPositiveInfinity(step) ? "any" : Story.N(step);
}
