namespace Brink.Games;

/// <summary>Rule by which play counts as converged.</summary>
public enum StopRule
{
    /// <summary>The norm of the simultaneous gradient is below the tolerance for ten steps in a row; the
    /// first of them counts.</summary>
    Clean,

    /// <summary>Rule of the published code: the mean of the last ten records of |xi * u0|, the gradient
    /// times the learned coefficient, is below the tolerance. The records continue from one starting point
    /// of a game to the next. For solvers without coefficients, |xi| is recorded.</summary>
    Published,
}

/// <summary>Counts the steps until games converge, from several starting points each (evaluation of Chen et
/// al. 2023).</summary>
/// <param name="Rule">Rule by which play counts as converged.</param>
/// <param name="Tolerance">Largest gradient norm that counts as converged.</param>
/// <param name="Limit">Maximum number of steps; a game that has not converged by then counts with all of them.</param>
public sealed record ConvergenceTest(StopRule Rule = StopRule.Clean, double Tolerance = 1e-3, int Limit = 1000)
{
    private const int Window = 10;

    /// <summary>Plays all games from all starting points at once.</summary>
    /// <param name="solver">Solver that moves the players.</param>
    /// <param name="games">B games.</param>
    /// <param name="starts">Starting points [S,n], the same for each game.</param>
    public Convergence Of(IGameSolver solver, QuadraticGames games, Tensor starts)
    {
        using var scope = NewDisposeScope();
        return Of(solver, games.Repeated(starts.shape[0]), starts.repeat(games.Count, 1), (int)starts.shape[0]);
    }

    /// <summary>Plays any game.</summary>
    /// <param name="solver">Solver that moves the players.</param>
    /// <param name="played">A game for each row, or one that is played at any number of points.</param>
    /// <param name="w">Points [B S,n], those of one game together.</param>
    /// <param name="S">Number of points of each game.</param>
    public Convergence Of(IGameSolver solver, IGame played, Tensor w, int S)
    {
        using var scope = NewDisposeScope();
        var rows = (int)w.shape[0];
        var open = Enumerable.Range(0, rows).ToHashSet();
        var (below, records) = (new int[rows], new List<double[]>());
        var state = solver.Start(played, w);
        while (true)
        {
            using var inner = NewDisposeScope();
            var xi = played.Xi(state.W).detach();
            var next = records.Count < Limit + Window ? solver.Step(played, state) : state;
            records.Add(Norms(xi, solver is LearnedOptimizer ? LearnedOptimizer.CoefficientsOf(next) : null));
            // Records that follow a full window of a row's own small records do not change the result of that row.
            foreach (var row in open.ToArray())
            {
                below[row] = records[^1][row] < Tolerance ? below[row] + 1 : 0;
                if (below[row] > Window || double.IsNaN(records[^1][row])) open.Remove(row);
            }
            if (next == state) break;
            state.Dispose();
            state = next with { W = inner.MoveToOuter(next.W), Memory = [.. next.Memory.Select(inner.MoveToOuter)] };
            if (open.Count == 0) break;
        }
        var perGame = Enumerable.Range(0, rows / S).Select(game => Rule == StopRule.Published
            ? Published(records, [.. Enumerable.Range(game * S, S)])
            : [.. Enumerable.Range(game * S, S).Select(row => Clean(records, row))]);
        return new([.. perGame.Select(steps => new GameSteps(
            steps.Average(step => (double)(step ?? Limit)), steps.All(step => step is not null)))]);
    }

    private double[] Norms(Tensor xi, Tensor? u)
    {
        using var scope = NewDisposeScope();
        var counted = Rule == StopRule.Published && u is not null ? xi * u.select(-1, 0) : xi;
        return counted.square().sum(dim: 1).sqrt().to(ScalarType.Float64).data<double>().ToArray();
    }

    // Record t was taken at the point after t steps.
    private int? Clean(List<double[]> records, int row)
    {
        var since = 0;
        for (var t = 0; t < records.Count; t++)
        {
            if (!(records[t][row] < Tolerance)) since = t + 1;
            if (since > Limit) return null;
            if (t + 1 - since == Window) return since;
        }
        return null;
    }

    // The published loop counts the steps before the one that made the last record.
    private int?[] Published(List<double[]> records, int[] rows)
    {
        var recent = new Queue<double>();
        return [.. rows.Select(row =>
        {
            for (var t = 0; t < Math.Min(Limit, records.Count); t++)
            {
                recent.Enqueue(records[t][row]);
                if (recent.Count > Window) recent.Dequeue();
                if (recent.Average() < Tolerance) return t;
            }
            return (int?)null;
        })];
    }
}

/// <param name="Steps">Mean number of steps over the starting points.</param>
/// <param name="Converged">True if play converged from all starting points.</param>
public sealed record GameSteps(double Steps, bool Converged);

/// <summary>Result of a convergence test for each game.</summary>
public sealed record Convergence(IReadOnlyList<GameSteps> Games)
{
    /// <summary>Mean over the games of their numbers of steps.</summary>
    public double MeanSteps => Games.Average(game => game.Steps);

    /// <summary>Number of games that converged from all starting points.</summary>
    public int Converged => Games.Count(game => game.Converged);
}
