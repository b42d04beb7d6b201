using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a training speed study.</summary>
internal static class SpeedReport
{
    private static readonly FigureGroup Panels = new(
        "speed",
        [
            "speed_train_loss", "speed_test_loss", "speed_train_accuracy", "speed_test_accuracy", "speed_sharpness", "speed_time",
            "speed_final_sharpness", "speed_final_accuracy", "speed_steps",
        ]);

    public static StudyReport Report { get; } = new(SpeedSchema.Kind)
    {
        Sentences = SpeedStory.Of,
        Headline = [Headline.Of(SpeedSchema.BestLearningRate, "best learning rate", "G5")],
        Chapters = run => [new("Training speed", SpeedFigures.Of(run))],
        Groups = [Panels],
        FigureNames = [Panels.Name, .. Panels.Panels],
        Document = Document,
    };

    private static object Document(RunReader run)
    {
        var manifest = run.Manifest();
        return new
        {
            Run = run.Folder,
            manifest.Status,
            Message = manifest.Get(RunSchema.Message),
            BestLearningRate = manifest.Get(SpeedSchema.BestLearningRate),
            Results = manifest.Get(SpeedSchema.Results),
            Seconds = manifest.Get(RunSchema.Seconds),
            Page = Page.In(run),
        };
    }
}
