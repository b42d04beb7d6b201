using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a training with a stability monitor.</summary>
internal static class MonitorReport
{
    public static StudyReport Report { get; } = new(MonitorSchema.Kind)
    {
        Sentences = MonitorStory.Of,
        Headline = [Headline.Of(MonitorSchema.Overhead, "share of time for measurements", "0.0 %")],
        Results = [SpectrumReport.Advice],
        Chapters = run => [new("Monitored training", MonitorFigures.Of(run))],
        FigureNames = ["effective_sharpness", "monitor_loss", "monitor_sharpness", "learning_rates", "alignment"],
    };
}
