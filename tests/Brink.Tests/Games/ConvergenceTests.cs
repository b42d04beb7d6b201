using Brink.Games;

namespace Brink.Tests.Games;

public class ConvergenceTests
{
    // One player of curvature 1: |xi| = 0.5^t times its first value.
    private static QuadraticGames Halving() => new(ones(1, 1, 1, dtype: ScalarType.Float64), zeros(1, 1, dtype: ScalarType.Float64));

    [Fact]
    public void Clean_steps_are_those_after_which_the_gradient_is_small()
    {
        using var scope = NewDisposeScope();
        // 1 / 2^t < 1e-3 from t = 10 on; 0.01 / 2^t from t = 4.
        var found = new ConvergenceTest().Of(new SimultaneousDescent(0.5), Halving(), tensor(new[] { 1, 0.01 }).reshape(2, 1));
        Assert.Equal([new(7, true)], found.Games);
    }

    [Fact]
    public void Published_steps_carry_their_window_from_one_starting_point_to_the_next()
    {
        using var scope = NewDisposeScope();
        var test = new ConvergenceTest(StopRule.Published);
        // The first: records 2^-t, mean of the last ten below 1e-3. The second begins with the tail of the
        // first.
        var first = Steps([], 1, out var tail);
        var second = Steps(tail, 0.003, out _);
        Assert.NotEqual(Steps([], 0.003, out _), second);
        var found = test.Of(new SimultaneousDescent(0.5), Halving(), tensor(new[] { 1, 0.003 }).reshape(2, 1));
        Assert.Equal([new((first + second) / 2.0, true)], found.Games);

        static int Steps(List<double> before, double start, out List<double> records)
        {
            records = [.. before];
            for (var t = 0; ; t++)
            {
                records.Add(start * Math.Pow(0.5, t));
                if (records.TakeLast(10).Average() < 1e-3) return t;
            }
        }
    }

    [Fact]
    public void A_game_that_does_not_converge_counts_with_all_steps()
    {
        using var scope = NewDisposeScope();
        var starts = ones(1, 1, dtype: ScalarType.Float64);
        foreach (var rule in new[] { StopRule.Clean, StopRule.Published })
        {
            var test = new ConvergenceTest(rule, Limit: 50);
            Assert.Equal([new(50, false)], test.Of(new SimultaneousDescent(1e-3), Halving(), starts).Games);
            Assert.Equal([new(50, false)], test.Of(new SimultaneousDescent(1e12), Halving(), starts).Games);
        }
    }

    [Fact]
    public void Games_do_not_affect_each_other()
    {
        using var scope = NewDisposeScope();
        var games = RandomGames.Stable(3, 2);
        var starts = StartingPoints.PowersOfTwo(4, 2, ScalarType.Float64);
        var test = new ConvergenceTest();
        var together = test.Of(new SymplecticAdjustment(0.1), games, starts);
        for (var i = 0; i < 3; i++)
        {
            var one = new QuadraticGames(games.J.narrow(0, i, 1), games.C.narrow(0, i, 1));
            Assert.Equal(together.Games[i], test.Of(new SymplecticAdjustment(0.1), one, starts).Games[0]);
        }
        Live.AssertUnchanged(() => test.Of(new SymplecticAdjustment(0.1), games, starts));
    }

    [Fact]
    public void Starting_points_are_those_of_the_published_evaluations()
    {
        using var scope = NewDisposeScope();
        var two = StartingPoints.PowersOfTwo(3, 2, ScalarType.Float64);
        GameTests.Close(tensor(new[,] { { Math.Cos(2), Math.Sin(2) }, { Math.Cos(4), Math.Sin(4) }, { Math.Cos(8), Math.Sin(8) } }), two);
        var (s, c) = (Math.Sin(2), Math.Cos(2));
        GameTests.Close(tensor(new[,] { { c, s * c, s * s * s, s * s * c } }), StartingPoints.PowersOfTwo(1, 4, ScalarType.Float64));
        // On the sphere and in the ball.
        using var generator = new Generator(1, CPU);
        foreach (var players in new[] { 2, 4 })
        {
            var on = StartingPoints.OnSphere(500, players, ScalarType.Float64, generator).square().sum(dim: 1);
            GameTests.Close(ones_like(on), on);
            var radius = StartingPoints.InBall(4000, players, ScalarType.Float64, generator).square().sum(dim: 1).sqrt();
            Assert.Equal(0.5, radius.mean().ToDouble(), 0.02);   // uniform in the radius, not in the volume
            Assert.InRange(radius.max().ToDouble(), 0.98, 1);
        }
    }
}
