using Brink.Runs;

namespace Brink.Reports;

/// <summary>The figures of a run: the paper's main figure in four panels, and those that explain it (Damian
/// et al. 2023).</summary>
public static class Figures
{
    /// <summary>The panels of the paper's main figure, drawn together under the name main.</summary>
    public static readonly IReadOnlyList<string> Main = ["loss", "sharpness", "distance", "x"];

    /// <summary>The panels of the theory's four stages, drawn together under the name stages.</summary>
    public static readonly IReadOnlyList<string> Stages = ["stages_x", "stages_y", "stages_plane"];

    /// <summary>The panels of a training speed study, drawn together under the name speed.</summary>
    public static readonly IReadOnlyList<string> Speed =
    [
        "speed_train_loss",
        "speed_test_loss",
        "speed_train_accuracy",
        "speed_test_accuracy",
        "speed_sharpness",
        "speed_time",
        "speed_final_sharpness",
        "speed_final_accuracy",
        "speed_steps",
    ];

    /// <summary>The figures of a training that a stability monitor watched.</summary>
    public static readonly IReadOnlyList<string> Monitor =
        ["effective_sharpness", "monitor_loss", "monitor_sharpness", "learning_rates", "alignment"];

    /// <summary>The figures of an inspection.</summary>
    public static readonly IReadOnlyList<string> Spectrum = ["density", "log_density", "extremes"];

    /// <summary>The figures of games: a comparison, an evaluation, a meta-training.</summary>
    public static readonly IReadOnlyList<string> Games =
    [
        "games_trajectories", "games_gradient", "games_eigenvalues", "games_steps", "games_validation", "games_loss", "games_horizon",
        "gan_modes", "gan_quality", "gan_samples_rmsprop", "gan_samples_adam", "gan_samples_sga", "gan_samples_extragradient",
        "gan_samples_learned",
    ];

    /// <summary>The figures of a landscape.</summary>
    public static readonly IReadOnlyList<string> Landscape =
    [
        "descent_sharpness",
        "descent_loss",
        "descent_d",
        "path",
        "bifurcation",
        "lyapunov",
        "period",
        "convergence",
        "final_kappa",
        "law",
        "by_start",
        "network",
        "network_kappa",
        "cycle_period",
        "energy",
    ];
    /// <summary>The figures of a BNP study against the batch size; it has bnp_loss_BATCH and so on as well.</summary>
    public static readonly IReadOnlyList<string> Bnp = ["bnp_loss", "bnp_accuracy", "bnp_spread", "bnp_condition"];
    /// <summary>The figures of an escape study.</summary>
    public static readonly IReadOnlyList<string> Escape =
        ["escape_calls", "escape_unconditional", "escape_dimension", "escape_descent", "escape_path", "escape_growth"];

    /// <summary>Every name that any run may have; one with several unstable directions has x_2, x_3 and so on
    /// as well.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "main",
        .. Main,
        "eigenvalues",
        "directions",
        "excess",
        "assumptions",
        "smoothness",
        "cross_section",
        "beta",
        "stages",
        .. Stages,
        "speed",
        .. Speed,
        .. Monitor,
        .. Spectrum,
        .. Games,
        .. Landscape,
        .. Bnp,
        .. Escape,
    ];

    /// <summary>All figures of a run in the order of reading, without those it has no data for.</summary>
    public static IReadOnlyList<Chapter> Chapters(RunReader run)
    {
        var curves = new RunCurves(run);
        return
        [
            .. new Chapter[]
            {
                new("Measured and predicted", MainFigures.Of(curves)),
                new("Directions and excess sharpness", DirectionFigures.Of(curves)),
                new("What the theory assumes", AssumptionFigures.Of(curves)),
                new("Along the constrained trajectory", TrajectoryFigures.Of(curves)),
                new("The four stages", StageFigures.Of(curves)),
                new("Training speed", SpeedFigures.Of(run, curves)),
                new("Watched training", MonitorFigures.Of(curves)),
                new("Spectrum of the Hessian", SpectrumFigures.Of(curves)),
                new("Games", GameFigures.Of(run, curves)),
                new("GANs on 16 Gaussians", GanFigures.Of(run, curves)),
                new("Descent on the landscape", LandscapeFigures.Of(run, curves)),
                new("Past the saddles", EscapeFigures.Of(run, curves)),
            }
                .Concat(BnpFigures.Chapters(run, curves))
                .Select(chapter => chapter with { Figures = [.. chapter.Figures.Where(HasData).Select(DownSampling.Of)] })
                .Where(chapter => chapter.Figures.Count > 0),
        ];
    }

    public static IReadOnlyList<Figure> Of(RunReader run) =>
        [.. Chapters(run).SelectMany(chapter => chapter.Figures)];

    /// <summary>Those that a name stands for: one, or the panels of a group.</summary>
    public static IReadOnlyList<Figure> Named(IReadOnlyList<Figure> figures, string name) => name switch
    {
        "main" => [.. figures.Where(figure => Main.Contains(figure.Name))],
        "stages" => [.. figures.Where(figure => Stages.Contains(figure.Name))],
        "speed" => [.. figures.Where(figure => Speed.Contains(figure.Name))],
        _ => [.. figures.Where(figure => figure.Name == name)],
    };

    private static bool HasData(Figure figure) => figure.Curves.Count > 0 || figure.Map is not null;
}
