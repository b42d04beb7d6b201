using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of solvers that train GANs: share, distance and modes over training, and samples during training, next to
/// those of the data and of evenly spread samples.</summary>
internal static class GanComparisonReport
{
    private static readonly string[] References = [GameSchema.Data, GameSchema.Even];

    public static StudyReport Report { get; } = new(GameSchema.GanComparison)
    {
        Sentences = run => Sentences(run.Manifest()),
        Results =
        [
            ResultTable.Of(
                GameSchema.GanSolvers,
                "solvers",
                ["solver", "share near a mode", "MMD²", "modes", "least modes", "spread of the share", "diverged"],
                one =>
                [
                    one.Solver, Story.N(one.Quality), Optional(one.Mmd2), Story.N(one.Modes), Story.N(one.EachSeed.Min()),
                    Optional(one.QualitySpread), Optional(one.Diverged),
                ]),
        ],
        Chapters = run => [new("GANs", Figures(run))],
        FigureNames =
        [
            "gan_quality", "gan_mmd2", "gan_modes", "gan_samples_rmsprop", "gan_samples_adam", "gan_samples_sga",
            "gan_samples_extragradient", "gan_samples_consensus", "gan_samples_learned",
        ],
        Document = run => (run.Manifest().Get(GameSchema.GanSolvers) ?? []).Select(one => new
        {
            one.Solver,
            one.Modes,
            one.Quality,
            one.EachSeed,
            one.QualitySpread,
            one.Mmd2,
            one.Diverged,
            Run = run.Folder,
        }),
    };

    private static IEnumerable<string> Sentences(RunManifest manifest)
    {
        var results = manifest.Get(GameSchema.GanSolvers) ?? [];
        GanResult[] solvers = [.. results.Where(one => !References.Contains(one.Solver))];
        if (solvers.Length == 0) yield break;
        var best = solvers.MaxBy(one => one.Quality)!;
        yield return best.Quality == 0
            ? "No solver brings a sample near a mode."
            : $"{best.Solver} brings {Story.Percent(best.Quality)} of its samples near a mode"
                + (solvers.Length == 1 ? "" : $", the most of {solvers.Length} solvers")
                + $", and covers {Story.N(best.Modes)} modes on average.";
        if (results.FirstOrDefault(one => one.Solver == GameSchema.Even) is { } even)
            yield return $"Samples that are spread evenly have {Story.Percent(even.Quality)} near a mode.";
    }

    private static IReadOnlyList<Figure> Figures(RunCurves run)
    {
        string[] names = [.. (run.Manifest.Get(GameSchema.GanSolvers) ?? []).Select(one => one.Solver)];
        string[] solvers = [.. names.Except(References)];
        return
        [
            Figure.OverSteps("gan_quality", "Share of samples near a mode, mean over the seeds", "share", Series(GameSchema.Quality)),
            Figure.OverSteps("gan_mmd2", "Squared maximum mean discrepancy, mean over the seeds", "MMD²", Series(GameSchema.Mmd2)) with
            {
                Log = true,
            },
            Figure.OverSteps("gan_modes", "Modes covered, mean over the seeds", "modes", Series(GameSchema.Modes)),
            .. solvers.Select(name => new Figure(
                $"gan_samples_{name}", $"Samples over training, {name}", "x", "y", Samples(run.Run.Curves(name, GameSchema.Samples)))),
        ];

        IEnumerable<Curve> Series(string what) =>
        [
            .. solvers.Select((name, i) => run.Series(name, new(name, what), Palette.Nth(i))),
            .. names.Intersect(References).Select((name, i) => run.Series(
                name == GameSchema.Even ? "spread evenly" : "data", new(name, what), Palette.Nth(solvers.Length + i)) with
            {
                Dash = Dash.Dashed,
            }),
        ];
    }

    private static IReadOnlyList<Curve> Samples(IReadOnlyList<StepCurve> curves) =>
    [
        .. curves.Select((curve, i) => Curve.Through($"step {curve.Step}", Palette.Sequential(i, curves.Count), curve.Points) with
        {
            Dots = true,
        }),
    ];

    private static string Optional(double? value) => value is { } number ? Story.Finite(number) : "–";
}
