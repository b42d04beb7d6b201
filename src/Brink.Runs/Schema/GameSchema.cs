namespace Brink.Runs;

/// <summary>The manifest keys, processes, series and curves of games (docs/reference/run-format.md).</summary>
public static class GameSchema
{
    /// <summary>Kinds: solvers on one game, a learned optimizer on a list of games, trainings of a learned optimizer on games
    /// and on GANs, the training of a rule for GANs by evolution strategies, solvers that train GANs.</summary>
    public const string Comparison = "game-comparison", Evaluation = "game-evaluation", Training = "game-training",
        GanTraining = "gan-training", GanEvolution = "gan-evolution", GanComparison = "gan-comparison";

    /// <summary>Processes: a game or a list of games; a training of a learned optimizer. A solver's process is its name.</summary>
    public const string Games = "games", Meta = "meta";

    /// <summary>The name of the learned optimizer as a solver.</summary>
    public const string Learned = "learned";

    /// <summary>Values of <see cref="FixedPointKind"/>.</summary>
    public const string Stable = "stable", Neutral = "neutral", Saddle = "saddle", Unstable = "unstable";

    /// <summary>The file in the folder of a training that contains the selected weights.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>Names of the series and of the curve of a solver on one game.</summary>
    public const string GradientNorm = "gradient_norm", Trajectory = "trajectory";

    /// <summary>Names of the series of a solver that trains GANs: modes covered, share of samples near a mode, and squared maximum
    /// mean discrepancy, of each seed and as means; and of the samples that the generator draws, recorded as one curve of points
    /// for each recorded step.</summary>
    public const string Modes = "modes", Quality = "quality", Mmd2 = "mmd2", Samples = "samples";

    /// <summary>Processes of a comparison of GANs: samples of the data, and samples spread evenly over the square that the data
    /// reach.</summary>
    public const string Data = "data", Even = "even";

    /// <summary>Event: an epoch of a training ended before its horizon.</summary>
    public const string EndedEarlyEvent = "ended_early";

    /// <summary>Points of a grid, and the unit vector of -xi at each of them, in the same order.</summary>
    public static readonly SeriesKey Field = new(Games, "field"), FieldDirection = new(Games, "field_direction");

    /// <summary>Curves of a game: its fixed point, the eigenvalues of its Jacobian there, the circle in which they are
    /// stable; steps by the number of a game in a list.</summary>
    public static readonly SeriesKey
        FixedPoint = new(Games, "fixed_point"), Eigenvalues = new(Games, "eigenvalues"), StableDisc = new(Games, "stable_disc"),
        Steps = new(Games, "steps");

    /// <summary>Names of the series over the epochs of a training.</summary>
    public static readonly SeriesKey
        Score = new(Meta, "score"), BestScoreSeries = new(Meta, "best_score"), MetaLoss = new(Meta, RunSchema.LossSeries),
        Played = new(Meta, "steps"), Horizon = new(Meta, "horizon"), EstimateNorm = new(Meta, "gradient_norm");

    /// <summary>The result of each solver on one game.</summary>
    public static readonly ManifestKey<IReadOnlyList<SolverResult>?> Solvers = new("solvers");

    /// <summary>The result of each classic solver, at its best learning rate, on a list of games.</summary>
    public static readonly ManifestKey<IReadOnlyList<ClassicResult>?> ClassicSolvers = new("classic_solvers");

    /// <summary>The results on each game of a list.</summary>
    public static readonly ManifestKey<IReadOnlyList<GameRow>?> EachGame = new("each_game");

    /// <summary>The convergence criterion of a game: clean or published.</summary>
    public static readonly ManifestKey<string?> Protocol = new("protocol");

    /// <summary>The result of each solver that trained GANs.</summary>
    public static readonly ManifestKey<IReadOnlyList<GanResult>?> GanSolvers = new("gan_solvers");

    /// <summary>The numbers of a rule that was trained for GANs.</summary>
    public static readonly ManifestKey<IReadOnlyList<double>?> Rule = new("rule");

    /// <summary>The fixed point of a game: the first and the second player.</summary>
    public static readonly ManifestKey<PlanePoint?> FixedPointPlace = new("fixed_point");

    /// <summary>The stability of the fixed point under the flow of -xi: stable, neutral, saddle or unstable.</summary>
    public static readonly ManifestKey<string?> FixedPointKind = new("fixed_point_kind");

    /// <summary>True if the Jacobian at the fixed point has eigenvalues that are not real: play rotates about the point.</summary>
    public static readonly ManifestKey<bool?> Rotates = new("rotates");

    /// <summary>Learning rate of the circle <see cref="StableDisc"/>: that of the first classic solver.</summary>
    public static readonly ManifestKey<double?> DiscLearningRate = new("disc_learning_rate");

    /// <summary>Learning rate below which simultaneous gradient descent contracts at the fixed point; 0 if the point is not
    /// stable.</summary>
    public static readonly ManifestKey<double?> LargestStableStep = new("largest_stable_game_step");

    /// <summary>Mean number of steps of the learned optimizer until convergence, over the games of a list.</summary>
    public static readonly ManifestKey<double?> MeanSteps = new("mean_steps");

    /// <summary>Score of the kept weights on the validation games, in the unit of <see cref="Counted"/>; lower is
    /// better.</summary>
    public static readonly ManifestKey<double?> BestScore = new("best_score");

    /// <summary>Number of games in a list.</summary>
    public static readonly ManifestKey<long?> GameCount = new("games");

    /// <summary>Number of games on which the learned optimizer converged from every starting point.</summary>
    public static readonly ManifestKey<long?> GamesConverged = new("games_converged");

    /// <summary>Epoch of the kept weights; 0 for the initial weights.</summary>
    public static readonly ManifestKey<long?> BestEpoch = new("best_epoch");

    /// <summary>The quantity that the score of a training counts, in words.</summary>
    public static readonly ManifestKey<string?> Counted = new("counted");

    /// <summary>Returns the process of one seed of a solver that trains GANs; seeds are numbered from 1.</summary>
    public static string OfSeed(string solver, int seed) =>
        solver + "-" + seed.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
