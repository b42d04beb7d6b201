using Brink.Runs;

namespace Brink.Reports;

/// <summary>The reports by kind of study.</summary>
public sealed record StudyReports(IReadOnlyList<StudyReport> All)
{
    /// <summary>The reports of the kinds of study in Brink.</summary>
    public static StudyReports Standard { get; } = new(
    [
        EdgeReport.Report,
        SpeedReport.Report,
        SteeringReport.Report,
        MonitorReport.Report,
        SpectrumReport.Report,
        GameComparisonReport.Report,
        GameEvaluationReport.Report,
        GameTrainingReport.OnGames,
        GameTrainingReport.OnGans,
        GanEvolutionReport.Report,
        GanComparisonReport.Report,
        LandscapeReport.Report,
        BnpReport.Report,
        EscapeReport.Report,
    ]);

    /// <summary>Returns these reports and one more, which replaces any other report of its kind.</summary>
    public StudyReports With(StudyReport report) => new([.. All.Where(one => one.Kind != report.Kind), report]);

    /// <summary>Returns the report of a kind; if the kind is unknown, a report of all series over their steps.</summary>
    public StudyReport Of(string? kind) => All.FirstOrDefault(report => report.Kind == kind) ?? new StudyReport(kind ?? "unknown");

    /// <summary>Returns the report of a run's kind.</summary>
    public StudyReport Of(RunManifest manifest) => Of(manifest.Kind);

    /// <inheritdoc cref="Of(RunManifest)"/>
    public StudyReport Of(RunReader run) => Of(run.Manifest());
}
