using Brink.Games;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Steps to convergence on a list of games (Chen et al. 2023, their evaluation).</summary>
/// <param name="Games">B games.</param>
/// <param name="Starts">Starting points [S,n].</param>
/// <param name="Test">Test of convergence.</param>
public sealed record GameEvaluation(QuadraticGames Games, Tensor Starts, ConvergenceTest Test)
{
    // Length of the generated lists, that of the published ones.
    private const int ListLength = 20;

    private const int Starts2 = 4, Starts4 = 9, MostStarts = 127;

    private const long ListSeed = 7;

    /// <summary>Lists by name: generated ones, and those of the four-player game.</summary>
    public static readonly IReadOnlyList<string> Lists =
        ["stable", "saddle", "unstable", "uniform", "four-player", "four-player-test"];

    /// <summary>Returns a list by its name, or from a file, with its starting points: angles 2^k, k = 1, ..., S.</summary>
    /// <param name="list">Name or file of the list.</param>
    /// <param name="test">Test of convergence. The published rule has the angles in float32, as in the published code.</param>
    /// <param name="starts">S; null: 4, for the four-player game 9, as in the published validations.</param>
    /// <exception cref="ExperimentException">There is no such list, or the number of starts is out of range.</exception>
    public static GameEvaluation Of(string list, ConvergenceTest test, int? starts = null)
    {
        if (starts is < 1 or > MostStarts)
        {
            throw new ExperimentException(
                $"starts: {starts}; it must be between 1 and {MostStarts}: float32 cannot represent larger angles 2^k");
        }
        return list switch
        {
            "stable" => Generated(new TwoPlayerGames(), Stability.Stable, test, starts),
            "saddle" => Generated(new TwoPlayerGames(), Stability.Saddle, test, starts),
            "unstable" => Generated(new TwoPlayerGames(), Stability.Unstable, test, starts),
            "uniform" => Generated(new TwoPlayerGames(Coefficients.Uniform), Stability.Stable, test, starts),
            "four-player" => FourPlayers([0.1, 0.3, 0.5, 0.7, 0.9], test, starts),
            "four-player-test" => FourPlayers([0.6, 1, 2], test, starts),
            _ when File.Exists(list) => new(GameFile.Read(list), StartsOf(2, test, starts), test),
            _ => throw new ExperimentException(
                $"{list}: neither a file nor the name of a list; expected a file or one of {string.Join(", ", Lists)}"),
        };
    }

    /// <summary>Returns the coefficients [games,6] of a generated list, for a file.</summary>
    public static Tensor Random(TwoPlayerGames games, Stability stability, long seed, int count = ListLength)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return games.DrawCoefficients(count, stability, ScalarType.Float64, generator);
    }

    /// <summary>Runs a learned optimizer in float64 on each game from each starting point.</summary>
    public Convergence Run(LearnedOptimizer weights) => Test.Of(weights.To(ScalarType.Float64), Games, Starts);

    /// <summary>Runs each classic solver at its best step size on the whole list.</summary>
    public IReadOnlyList<ClassicResult> Classics()
    {
        using var scope = NewDisposeScope();
        var (played, w) = (Games.Repeated(Starts.shape[0]), Starts.repeat(Games.Count, 1));
        return
        [
            .. ClassicSolvers.All.Select(solver =>
            {
                var (eta, found) = ClassicSolvers.Best(solver, Test, played, w, (int)Starts.shape[0]);
                return new ClassicResult(solver.Name, eta, found.MeanSteps, found.Converged);
            }),
        ];
    }

    /// <summary>Writes the results as a run.</summary>
    public static RunSummary Write(
        RunWriter run, string name, string origin, StopRule rule, Convergence learned, IReadOnlyList<ClassicResult> classics)
    {
        var journal = new RunJournal(run, TimeProvider.System);
        journal.Begin(name, GameSchema.Evaluation, origin);
        run.Set(GameSchema.Protocol, Names.Dashed($"{rule}"));
        run.Set(GameSchema.EachGame, [.. learned.Games.Select(game => new GameRow(game.Steps, game.Converged))]);
        run.Set(GameSchema.MeanSteps, learned.MeanSteps);
        run.Set(GameSchema.GameCount, learned.Games.Count);
        run.Set(GameSchema.GamesConverged, learned.Converged);
        run.Set(GameSchema.ClassicSolvers, classics);
        foreach (var (i, game) in learned.Games.Index()) run.AddToCurve(GameSchema.Steps, 0, i + 1, game.Steps);
        return journal.End(RunStatus.Completed, $"{learned.Converged} of {learned.Games.Count} games converged");
    }

    private static GameEvaluation Generated(TwoPlayerGames games, Stability stability, ConvergenceTest test, int? starts)
    {
        using var scope = NewDisposeScope();
        var drawn = QuadraticGames.TwoPlayers(Random(games, stability, ListSeed));
        return new(new(scope.MoveToOuter(drawn.J), scope.MoveToOuter(drawn.C)), scope.MoveToOuter(StartsOf(2, test, starts)), test);
    }

    private static GameEvaluation FourPlayers(double[] eps, ConvergenceTest test, int? starts)
    {
        using var scope = NewDisposeScope();
        var games = QuadraticGames.Rotating(tensor(eps));
        return new(
            new(scope.MoveToOuter(games.J), scope.MoveToOuter(games.C)),
            scope.MoveToOuter(StartsOf(4, test, starts)),
            test);
    }

    private static Tensor StartsOf(int players, ConvergenceTest test, int? count) => StartingPoints.PowersOfTwo(
        count ?? (players == 2 ? Starts2 : Starts4), players, ScalarType.Float64, singleAngles: test.Rule == StopRule.Published);
}
