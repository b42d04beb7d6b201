using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of the training of a rule for GANs by evolution strategies.</summary>
internal static class GanEvolutionReport
{
    public static StudyReport Report { get; } = new(GameSchema.GanEvolution)
    {
        Chapters = run => [new("Training of a rule", Figures(run))],
        FigureNames = ["gan_evolution_loss", "gan_evolution_estimate"],
        Noted = [RunSchema.DivergedEvent],
        Document = Document,
    };

    private static IReadOnlyList<Figure> Figures(RunCurves run) =>
    [
        Figure.OverSteps(
            "gan_evolution_loss", "Loss of the truncations that are played", "(1/2 + t/T) log(MMD² + 0.002)",
            run.Series("loss", GameSchema.MetaLoss, Palette.Nth(0))),
        Figure.OverSteps(
            "gan_evolution_estimate", "Norm of the estimated gradient", "norm",
            run.Series("norm", GameSchema.EstimateNorm, Palette.Nth(1))) with
        {
            Log = true,
        },
    ];

    private static object Document(RunReader run)
    {
        var manifest = run.Manifest();
        var weights = Path.Combine(run.Folder, GameSchema.WeightsFile);
        return new
        {
            manifest.Status,
            Message = manifest.Get(RunSchema.Message),
            Seconds = manifest.Get(RunSchema.Seconds),
            Rule = manifest.Get(GameSchema.Rule),
            Weights = File.Exists(weights) ? weights : null,
            Run = run.Folder,
            Page = Page.In(run),
        };
    }
}
