using Brink.Games;

namespace Brink.Lab;

/// <summary>A solver with a learning rate to be chosen.</summary>
internal sealed record ClassicSolver(string Name, Func<double, IGameSolver> With);

/// <summary>The solvers that a learned optimizer is compared with, each at its best step size.</summary>
internal static class ClassicSolvers
{
    public static readonly IReadOnlyList<ClassicSolver> All =
    [
        new("simultaneous", eta => new SimultaneousDescent(eta)),
        new("alternating", eta => new AlternatingDescent(eta)),
        new("extragradient", eta => new Extragradient(eta)),
        new("optimistic", eta => new OptimisticDescent(eta)),
        new("sga", eta => new SymplecticAdjustment(eta)),
        new("consensus", eta => new Consensus(eta)),
        new("adam", eta => new AdamDescent(eta)),
    ];

    /// <summary>The step sizes of a sweep: four to the octave, from 0.01 to 1.8.</summary>
    public static readonly IReadOnlyList<double> Rates = [.. Enumerable.Range(0, 31).Select(i => 0.01 * Math.Pow(2, i / 4.0))];

    /// <summary>Returns the step size with the fewest steps, and its result; the first step size where none
    /// converges.</summary>
    /// <param name="solver">Solver to tune.</param>
    /// <param name="test">Test of convergence.</param>
    /// <param name="game">A game for each row of w, or one for all.</param>
    /// <param name="w">Points [B S,n].</param>
    /// <param name="starts">Number of starts S of each game.</param>
    public static (double LearningRate, Convergence Found) Best(
        ClassicSolver solver, ConvergenceTest test, IGame game, Tensor w, int starts)
    {
        var best = (LearningRate: Rates[0], Found: test.Of(solver.With(Rates[0]), game, w, starts));
        foreach (var eta in Rates.Skip(1))
        {
            // From a single point, play that takes longer than the best so far cannot be better.
            var limited = w.shape[0] == 1 ? test with { Limit = Math.Max(1, (int)best.Found.MeanSteps) } : test;
            var found = limited.Of(solver.With(eta), game, w, starts);
            if (found.MeanSteps < best.Found.MeanSteps) best = (eta, found);
        }
        return best;
    }
}
