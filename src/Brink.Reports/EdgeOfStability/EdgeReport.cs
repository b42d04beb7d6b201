using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a run at the edge of stability: the paper's main figure in four panels, and the figures that
/// explain it (Damian et al. 2023).</summary>
internal static class EdgeReport
{
    private static readonly FigureGroup Main = new("main", ["loss", "sharpness", "distance", "x"]);

    public static StudyReport Report { get; } = new(EdgeSchema.Kind)
    {
        Sentences = EdgeStory.Of,
        Headline =
        [
            Headline.Of(RunSchema.Threshold, "2/η", "G5"),
            Headline.Of(EdgeSchema.InstabilityStep, "step at which 2/η was reached", "0"),
            Headline.Of(EdgeSchema.TrackedSteps, "tracked steps", "0"),
            Headline.Of(EdgeSchema.PredictionErrorMean, "prediction error, mean", "0.00 %"),
            Headline.Of(EdgeSchema.PredictionErrorMax, "prediction error, largest", "0.00 %"),
            Headline.Of(EdgeSchema.MaxConstraintError, "constraint error, largest", "0.0e0"),
            Headline.Of(EdgeSchema.MaxAlignmentError, "alignment error, largest", "0.0e0"),
            Headline.Of(EdgeSchema.ProductsPerStep, "Hessian products per step", "0.0"),
            Headline.Of(EdgeSchema.GradientsPerStep, "gradients per step", "0.0"),
            Headline.Of(EdgeSchema.ThirdDerivativesPerStep, "third derivatives per step", "0.0"),
        ],
        Chapters = Chapters,
        Groups = [Main, StageFigures.Group],
        FigureNames =
        [
            Main.Name, .. Main.Panels, "rate", "eigenvalues", "directions", "excess", "assumptions", "smoothness", "cross_section", "beta",
            StageFigures.Group.Name, .. StageFigures.Group.Panels,
        ],
        Document = Document,
    };

    private static IReadOnlyList<Chapter> Chapters(RunCurves run)
    {
        var edge = new EdgeCurves(run);
        return
        [
            new("Measured and predicted", MainFigures.Of(edge)),
            new("Steering", [Rate(edge)]),
            new("Directions and excess sharpness", DirectionFigures.Of(edge)),
            new("Assumptions of the theory", AssumptionFigures.Of(edge)),
            new("Along the constrained trajectory", TrajectoryFigures.Of(run)),
            StageFigures.Chapter(run),
        ];
    }

    private static Figure Rate(EdgeCurves edge) =>
        edge.OverSteps("rate", "Rate of the steered trainings", "rate / first rate", edge.Each(EdgeSchema.Multiple)) with { Log = true };

    private static object Document(RunReader run)
    {
        var manifest = run.Manifest();
        return new
        {
            Run = run.Folder,
            manifest.Status,
            Message = manifest.Get(RunSchema.Message),
            Threshold = manifest.Get(RunSchema.Threshold),
            InstabilityStep = manifest.Get(EdgeSchema.InstabilityStep),
            TrackedSteps = manifest.Get(EdgeSchema.TrackedSteps),
            MaxConstraintError = manifest.Get(EdgeSchema.MaxConstraintError),
            MaxAlignmentError = manifest.Get(EdgeSchema.MaxAlignmentError),
            ProductsPerStep = manifest.Get(EdgeSchema.ProductsPerStep),
            GradientsPerStep = manifest.Get(EdgeSchema.GradientsPerStep),
            ThirdDerivativesPerStep = manifest.Get(EdgeSchema.ThirdDerivativesPerStep),
            PredictionErrorMean = manifest.Get(EdgeSchema.PredictionErrorMean),
            PredictionErrorMax = manifest.Get(EdgeSchema.PredictionErrorMax),
            Seconds = manifest.Get(RunSchema.Seconds),
            Page = Page.In(run),
        };
    }
}
