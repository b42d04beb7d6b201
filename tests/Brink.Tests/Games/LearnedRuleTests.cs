using Brink.Games;

namespace Brink.Tests.Games;

public class LearnedRuleTests
{
    private const double Horizon = 8;

    // Two tensors of the first player and one of the second.
    private static readonly RulePart[] Parts = [new(0, 0, 1), new(0, 1, 2), new(1, 2, 1)];

    private static readonly RuleLayout Layout = RuleLayout.Of(Parts);

    // The oracle: the formulas, number by number.
    [Fact]
    public void Steps_follow_the_formulas()
    {
        using var scope = NewDisposeScope();
        double[] theta = [-2, -3, -4, 0.3, -0.2, 0.1, -1, 1.5, 0.4, -0.5, 0.2, 0.3, -0.7, 2, -0.3];
        Assert.Equal(Layout.Size, theta.Length);
        Assert.Equal(Layout.Size, Layout.Names.Count);
        var game = RandomGames.Stable(1, 4);
        IGameSolver rule = new LearnedRule(tensor(theta), Parts, Horizon);
        var state = rule.Start(game, RandomGames.Points(1, 4));
        double[] w = state.W.data<double>().ToArray(), v = new double[4];
        int[] player = [0, 0, 0, 1], group = [0, 1, 1, 2];
        for (var t = 0; t < 11; t++)
        {
            var at = tensor(w).unsqueeze(0);
            double[] xi = game.Xi(at).data<double>().ToArray(), g = game.At(at).TransposeTimes(game.Xi(at)).data<double>().ToArray();
            var n = new double[4];
            for (var i = 0; i < 4; i++)
            {
                n[i] = xi[i] + (Math.Exp(Of(i, 3)) * g[i]);
                v[i] = (Decay(i) * v[i]) + ((1 - Decay(i)) * n[i] * n[i]);
            }
            double[] u = [.. v.Select((square, i) => square / (1 - Math.Pow(Decay(i), t + 1)))];
            double[] r = [u[0], (u[1] + u[2]) / 2, (u[1] + u[2]) / 2, u[3]];
            var played = Math.Min(t / Horizon, 1);
            var tau = (2 * played) - 1;
            for (var i = 0; i < 4; i++)
            {
                var eta = Math.Exp(
                    theta[group[i]] + (Of(i, 0) * tau) + (Of(i, 1) * ((tau * tau) - (1.0 / 3))) + (Of(i, 2) * Math.Log(1.02 - played)));
                w[i] -= eta * n[i] / Math.Sqrt(u[i] + 1e-8) * Math.Pow(Math.Sqrt(r[i] + 1e-8) / Math.Sqrt(u[i] + 1e-8), Of(i, 5));
            }
            state = rule.Step(game, state);
            GameTests.Close(tensor(w).unsqueeze(0), state.W, 1e-10);
        }

        double Of(int i, int number) => theta[3 + (6 * player[i]) + number];
        double Decay(int i) => 1 / (1 + Math.Exp(-Of(i, 4)));
    }

    [Fact]
    public void Each_game_follows_its_own_numbers()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var (games, w) = (RandomGames.Stable(3, 4), RandomGames.Points(3, 4));
        var noise = randn(3, Layout.Size, dtype: ScalarType.Float64, generator: generator);
        var theta = tensor(Layout.Constant(0.05, 0.5, 0.9)) + (0.3 * noise);
        var together = Played(new LearnedRule(theta, Parts, Horizon), games, w);
        for (var i = 0; i < 3; i++)
        {
            var alone = new QuadraticGames(games.J.narrow(0, i, 1), games.C.narrow(0, i, 1));
            GameTests.Close(
                together[i], Played(new LearnedRule(theta[i], Parts, Horizon), alone, w.narrow(0, i, 1))[0], 1e-12);
        }
    }

    // With p = 0 and no schedule, the moves are those of the classic rule but for the correction of the bias.
    [Fact]
    public void Constant_numbers_give_consensus_with_RMSProp()
    {
        using var scope = NewDisposeScope();
        var (games, w) = (RandomGames.Stable(3, 4), RandomGames.Points(3, 4));
        var learned = Played(new LearnedRule(tensor(Layout.Constant(0.1, 0.5, 0.9)), Parts, Horizon), games, w, 1);
        var classic = Played(new NormalisedConsensus(0.1 * Math.Sqrt(0.1), 0.5), games, w, 1);
        GameTests.Close(classic, learned, 1e-6);
    }

    [Fact]
    public void The_rule_converges_on_a_rotation_that_descent_leaves()
    {
        using var scope = NewDisposeScope();
        var bilinear = QuadraticGames.TwoPlayers(tensor(new[] { 0.0, 0, 1, -1, 0, 0 }).unsqueeze(0));
        RulePart[] players = [new(0, 0, 1), new(1, 1, 1)];
        var theta = RuleLayout.Of(players).Constant(0.05, 1, 0.9);
        // Steps fall to 2 % at the horizon.
        theta[4] = theta[10] = 1;
        var w = Played(
            new LearnedRule(tensor(theta), players, 300), bilinear, tensor(new[,] { { 1.0, 0.5 } }), 300);
        Assert.InRange(w.norm().ToDouble(), 0, 0.01);
    }

    [Fact]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (games, w) = (RandomGames.Stable(3, 4), RandomGames.Points(3, 4));
        var theta = tensor(Layout.Constant(0.1, 0.5, 0.9));
        Live.AssertUnchanged(() =>
        {
            IGameSolver rule = new LearnedRule(theta, Parts, Horizon);
            using var first = rule.Start(games, w);
            using var second = rule.Step(games, first);
        });
    }

    private static Tensor Played(IGameSolver rule, IGame game, Tensor w, int steps = 6)
    {
        var state = rule.Start(game, w);
        for (var t = 0; t < steps; t++) state = rule.Step(game, state);
        return state.W;
    }
}
