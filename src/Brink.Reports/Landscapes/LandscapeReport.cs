using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of a landscape in closed form.</summary>
internal static class LandscapeReport
{
    public static StudyReport Report { get; } = new(LandscapeSchema.Kind)
    {
        Sentences = LandscapeStory.Of,
        Headline = [Headline.Of(RunSchema.Threshold, "2/η", "G5")],
        Chapters = run => [StageFigures.Chapter(run), new("Descent on the landscape", LandscapeFigures.Of(run))],
        Groups = [StageFigures.Group],
        FigureNames =
        [
            StageFigures.Group.Name, .. StageFigures.Group.Panels,
            "descent_sharpness", "descent_loss", "descent_d", "path", "bifurcation", "lyapunov",
            "period", "convergence", "final_kappa", "law", "by_start", "network", "network_kappa", "cycle_period", "energy",
        ],
    };
}
