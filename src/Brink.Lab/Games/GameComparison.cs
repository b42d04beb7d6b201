using Brink.Games;
using Brink.Runs;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>Compares solvers on one two-player game: their paths over the vector field, and the eigenvalues of the
/// Jacobian.</summary>
/// <param name="Game">Game to play.</param>
/// <param name="X">The first player at the start.</param>
/// <param name="Y">The second player at the start.</param>
/// <param name="LearningRate">Learning rate of all classic solvers; null: the best of a sweep for each.</param>
public sealed record GameComparison(ClassicGame Game, double X, double Y, double? LearningRate)
{
    private const int Arrows = 15;   // arrows of the field in each direction
    private const double Margin = 1.3;

    // Paths are drawn up to this distance, in half widths.
    private const double FarAway = 2.5;

    /// <summary>Runs each solver from the start and writes the comparison.</summary>
    /// <param name="run">New run; complete afterwards.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="learned">Learned optimizers to compare with the classic solvers, with their names.</param>
    public RunSummary Run(RunWriter run, string name, IReadOnlyList<(string Name, LearnedOptimizer Weights)> learned)
    {
        using var scope = NewDisposeScope();
        var journal = new RunJournal(run, TimeProvider.System);
        journal.Begin(name, GameSchema.Comparison, $"game: {Game.Name}\n{Game.Summary}\nstart: {X}, {Y}");
        var (test, w) = (new ConvergenceTest(), tensor(new[,] { { X, Y } }));
        var chosen = ClassicSolvers.All.Select(solver =>
        {
            var (eta, found) = LearningRate is { } rate
                ? (rate, test.Of(solver.With(rate), Game.Game, w, 1))
                : ClassicSolvers.Best(solver, test, Game.Game, w, 1);
            return (Result: Result(solver.Name, eta, found), Solver: solver.With(eta));
        });
        var compared = chosen.Concat(learned.Select(one =>
        {
            IGameSolver solver = one.Weights.To(ScalarType.Float64);
            return (Result: Result(one.Name, null, test.Of(solver, Game.Game, w, 1)), Solver: solver);
        })).ToArray();
        foreach (var (result, solver) in compared) Trajectory(run, result, solver, w);
        Field(run);
        Spectrum(run, compared[0].Result.LearningRate!.Value);
        run.Set(GameSchema.Solvers, [.. compared.Select(one => one.Result)]);
        return journal.End(RunStatus.Completed, $"{compared.Count(one => one.Result.Converged)} of {compared.Length} solvers converged");
    }

    private static SolverResult Result(string name, double? eta, Convergence found) =>
        new(name, eta, (int)found.Games[0].Steps, found.Games[0].Converged);

    // The half width of the picture about the fixed point.
    private double Half => Margin * Math.Max(0.1, Math.Max(Math.Abs(X - Game.FixedPoint.X), Math.Abs(Y - Game.FixedPoint.Y)));

    private void Trajectory(RunWriter run, SolverResult result, IGameSolver solver, Tensor w)
    {
        using var scope = NewDisposeScope();
        var steps = result.Converged ? result.Steps + 1 : 200;
        var state = solver.Start(Game.Game, w);
        for (var t = 0; t <= steps; t++)
        {
            using var inner = NewDisposeScope();
            var (x, y) = (state.W[0, 0].ToDouble(), state.W[0, 1].ToDouble());
            run.Add(result.Solver, GameSchema.GradientNorm, t, Game.Game.Xi(state.W).norm().ToDouble());
            if (!(Math.Abs(x - Game.FixedPoint.X) + Math.Abs(y - Game.FixedPoint.Y) < FarAway * Half)) return;
            run.AddToCurve(result.Solver, GameSchema.Trajectory, 0, x, y);
            var next = solver.Step(Game.Game, state);
            state.Dispose();
            inner.MoveToOuter(next.W);
            foreach (var memory in next.Memory) inner.MoveToOuter(memory);
            state = next;
        }
    }

    /// <summary>Writes the unit vectors of -xi on a grid: the direction of play.</summary>
    private void Field(RunWriter run)
    {
        using var scope = NewDisposeScope();
        var grid = arange(Arrows, dtype: ScalarType.Float64) * (2 * Half / (Arrows - 1)) - Half;
        var points = cartesian_prod(grid + Game.FixedPoint.X, grid + Game.FixedPoint.Y);
        var xi = Game.Game.Xi(points);
        var (at, along) = (points.data<double>().ToArray(), (-xi / xi.norm(1, keepdim: true)).data<double>().ToArray());
        for (var i = 0; i < at.Length; i += 2)
        {
            if (!double.IsFinite(along[i] + along[i + 1])) continue;
            run.AddToCurve(GameSchema.Field, 0, at[i], at[i + 1]);
            run.AddToCurve(GameSchema.FieldDirection, 0, along[i], along[i + 1]);
        }
    }

    private void Spectrum(RunWriter run, double eta)
    {
        using var scope = NewDisposeScope();
        var spectrum = GameSpectrum.At(Game.Game, tensor(new[,] { { Game.FixedPoint.X, Game.FixedPoint.Y } }));
        foreach (var value in spectrum.Eigenvalues) run.AddToCurve(GameSchema.Eigenvalues, 0, value.Real, value.Imaginary);
        // |1 - eta lambda| = 1.
        for (var i = 0; i <= 120; i++)
        {
            var angle = 2 * Math.PI * i / 120;
            run.AddToCurve(GameSchema.StableDisc, 0, (1 + Math.Cos(angle)) / eta, Math.Sin(angle) / eta);
        }
        run.AddToCurve(GameSchema.FixedPoint, 0, Game.FixedPoint.X, Game.FixedPoint.Y);
        run.Set(GameSchema.FixedPointPlace, new(Game.FixedPoint.X, Game.FixedPoint.Y));
        run.Set(GameSchema.FixedPointKind, spectrum.Kind.ToString().ToLowerInvariant());
        run.Set(GameSchema.Rotates, spectrum.Rotates);
        run.Set(GameSchema.DiscLearningRate, eta);
        run.Set(GameSchema.LargestStableStep, spectrum.LargestStableStep);
    }
}
