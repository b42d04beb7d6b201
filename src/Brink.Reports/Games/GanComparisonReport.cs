using Brink.Runs;

namespace Brink.Reports;

/// <summary>The report of GANs on 16 Gaussians: modes and quality over training, and samples during training.</summary>
internal static class GanComparisonReport
{
    public static StudyReport Report { get; } = new(GameSchema.GanComparison)
    {
        Sentences = run => Sentences(run.Manifest()),
        Results =
        [
            ResultTable.Of(
                GameSchema.GanSolvers,
                "solvers",
                ["solver", "modes of 16", "share near a mode", "modes by seed"],
                one => [one.Solver, Story.N(one.Modes), Story.N(one.Quality), string.Join(", ", one.EachSeed)]),
        ],
        Chapters = run => [new("GANs on 16 Gaussians", Figures(run))],
        FigureNames =
        [
            "gan_modes", "gan_quality", "gan_samples_rmsprop", "gan_samples_adam", "gan_samples_sga", "gan_samples_extragradient",
            "gan_samples_learned",
        ],
        Document = run => (run.Manifest().Get(GameSchema.GanSolvers) ?? [])
            .Select(one => new { one.Solver, one.Modes, one.Quality, one.EachSeed, Run = run.Folder }),
    };

    private static IEnumerable<string> Sentences(RunManifest manifest)
    {
        if (manifest.Get(GameSchema.GanSolvers) is not { Count: > 0 } solvers) yield break;
        var most = solvers.Max(one => one.Modes);
        yield return most == 0
            ? "No solver covers any of the 16 modes."
            : $"Of 16 modes {string.Join("; ", solvers.Where(one => one.Modes == most).Select(Covered))}"
                + (solvers.Count == 1 ? "." : $": the most of {solvers.Count} solvers.");

        static string Covered(GanResult one) =>
            $"{one.Solver} covers {Story.N(one.Modes)} on average, with {Story.Percent(one.Quality)} of its samples near a mode";
    }

    private static IReadOnlyList<Figure> Figures(RunCurves run)
    {
        string[] solvers = [.. (run.Manifest.Get(GameSchema.GanSolvers) ?? []).Select(one => one.Solver)];
        return
        [
            new Figure("gan_modes", "Modes covered, first seed", "step", "of 16", Series(GameSchema.Modes)),
            new Figure("gan_quality", "Share of samples near a mode, first seed", "step", "share", Series(GameSchema.Quality)),
            .. solvers.Select(name => new Figure(
                $"gan_samples_{name}", $"Samples over training, {name}", "x", "y", Samples(run.Run.Curves(name, GameSchema.Samples)))),
        ];

        IReadOnlyList<Curve> Series(string what) =>
            [.. solvers.Select((name, i) => run.Series(name, new(GameSchema.OfSeed(name, 1), what), Palette.Nth(i)))];
    }

    private static IReadOnlyList<Curve> Samples(IReadOnlyList<StepCurve> curves) =>
    [
        .. curves.Select((curve, i) => Curve.Through($"step {curve.Step}", Palette.Sequential(i, curves.Count), curve.Points) with
        {
            Dots = true,
        }),
    ];
}
