using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about games, on both sides of its condition.</summary>
public class GameStoryTests
{
    [Theory]
    [InlineData(
        "stable", false,
        "The fixed point is stable: simultaneous gradient descent converges to it with learning rates below 0.02.")]
    [InlineData(
        "stable", true,
        "The fixed point is stable, and play rotates about it:"
            + " simultaneous gradient descent converges to it with learning rates below 0.02.")]
    [InlineData(
        "neutral", true,
        "The fixed point neither attracts nor repels: play rotates about it,"
            + " and simultaneous gradient descent moves away from it at any learning rate.")]
    [InlineData("neutral", false, "The fixed point neither attracts nor repels along some direction.")]
    [InlineData("saddle", false, "The fixed point is a saddle: simultaneous gradient descent moves away from it from almost every start.")]
    [InlineData("unstable", true, "The fixed point is unstable: simultaneous gradient descent moves away from it.")]
    public void The_fixed_point_is_of_its_kind(string kind, bool rotates, string sentence) => Assert.StartsWith(
        sentence,
        WrittenStory.Of(GameSchema.Comparison, run =>
        {
            run.Set(GameSchema.FixedPointKind, kind);
            run.Set(GameSchema.Rotates, rotates);
            run.Set(GameSchema.LargestStableStep, 0.02);
            run.Set(GameSchema.Solvers, []);
        }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(new[] { 0, 0 }, "None of 2 solvers converged.")]
    [InlineData(new[] { 0, 30 }, "1 of 2 solvers converged, the fastest, b, in 30 steps.")]
    [InlineData(new[] { 32, 30 }, "2 of 2 solvers converged, the fastest, b, in 30 steps.")]
    [InlineData(new[] { 30, 30 }, "2 of 2 solvers converged, the fastest, a and b, in 30 steps.")]
    public void The_fastest_solver_is_that_of_the_results(int[] steps, string sentence) => Assert.Contains(
        sentence,
        WrittenStory.Of(GameSchema.Comparison, run =>
        {
            run.Set(GameSchema.FixedPointKind, "saddle");
            run.Set(
                GameSchema.Solvers,
                [.. steps.Select((count, i) => new SolverResult(i == 0 ? "a" : "b", 0.1, count == 0 ? 1000 : count, count > 0))]);
        }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(20, "20 of 20 games converge from every starting point. The classic")]
    [InlineData(
        19,
        "19 of 20 games converge from every starting point,"
            + " and play that does not converge counts with the largest number of steps. The classic")]
    public void An_evaluation_says_how_many_games_converge(int converged, string part)
    {
        var story = WrittenStory.Of(GameSchema.Evaluation, run =>
        {
            run.Set(GameSchema.MeanSteps, 999.7);
            run.Set(GameSchema.GamesConverged, converged);
            run.Set(GameSchema.GameCount, 20);
            run.Set(GameSchema.ClassicSolvers, [new("sga", 0.1, 45, 18), new("extragradient", 0.2, 40, 17)]);
        });
        Assert.StartsWith("The learned optimizer needs 1,000 steps on average; " + part, story, StringComparison.Ordinal);
        Assert.EndsWith(
            " solver with the fewest steps, extragradient with learning rate 0.2, needs 40 on average, and 17 of 20 games converge.",
            story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12.5, 1, "The weights of epoch 3 are kept: 12.5 steps on the validation games.")]
    [InlineData(double.PositiveInfinity, 0, "The weights were not validated: the last weights are kept.")]
    [InlineData(double.PositiveInfinity, 1, "No validation gave a finite score: the last weights are kept.")]
    public void The_kept_weights_are_those_of_the_best_validation_if_there_is_one(
        double best, int validations, string sentence) => Assert.Equal(
        sentence,
        WrittenStory.Of(GameSchema.Training, run =>
        {
            run.Set(GameSchema.BestScore, best);
            run.Set(GameSchema.BestEpoch, 3);
            run.Series(GameSchema.Score, 0, Enumerable.Repeat(best, validations));
        }));

    [Fact]
    public void The_largest_share_is_that_of_the_solvers_and_the_even_spread_is_named_apart()
    {
        Assert.Equal(
            "adam brings 90.0 % of its samples near a mode, the most of 3 solvers, and covers 12 modes on average."
                + " Samples that are spread evenly have 35.0 % near a mode.",
            Gans(new("even", 16, 0.35, [16]), new("rmsprop", 3, 0.1, [3]), new("adam", 12, 0.9, [12]), new("sga", 12, 0.8, [12])));
        Assert.Equal(
            "adam brings 90.0 % of its samples near a mode, and covers 12 modes on average.",
            Gans(new GanResult("adam", 12, 0.9, [12])));
        Assert.Equal("No solver brings a sample near a mode.", Gans(new GanResult("adam", 0, 0, [0])));

        static string Gans(params GanResult[] results) =>
            WrittenStory.Of(GameSchema.GanComparison, run => run.Set(GameSchema.GanSolvers, results));
    }
}
