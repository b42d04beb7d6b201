using Brink.Games;

namespace Brink.Tests.Games;

public class LearnedOptimizerTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(1, 4)]
    public void The_learned_optimizer_follows_its_formulas(double reach, int players)
    {
        using var scope = NewDisposeScope();
        var optimizer = Random(reach);
        var games = RandomGames.Stable(3, players);
        var w = RandomGames.Points(3, players);
        w.narrow(0, 2, 1).mul_(1e-6);
        IGameSolver solver = optimizer;
        var state = solver.Start(games, w);
        for (var i = 0; i < 12; i++) state = solver.Step(games, state);
        for (var game = 0; game < 3; game++)
        {
            var J = games.J[game].data<double>().ToNDArray() as double[,];
            var expected = new PlainOptimizer(optimizer).Play(
                J!, games.C[game].data<double>().ToArray(), w[game].data<double>().ToArray(), 12);
            GameTests.Close(tensor(expected), state.W[game], 1e-10);
        }
    }

    [Fact]
    public void Small_features_are_linear_and_large_ones_logarithms()
    {
        using var scope = NewDisposeScope();
        // For the first direction o the means are multiples of it, and its momentum over its size is 0.05 o/(1 -
        // 0.95) over sqrt(0.1 o^2/(1 - 0.95)).
        var (_, inputs) = GradientFeatures.Start(1, ScalarType.Float64).After(tensor(new[,] { { 2.0, -1e-6, 0 } }));
        Assert.Equal([1, 36], inputs.shape);
        Assert.Equal(Math.Log(2 + 1e-8) / 10, inputs[0, 0].ToDouble(), 1e-15);
        Assert.Equal([-1, -1], inputs[0].narrow(0, 1, 2).data<double>().ToArray());
        Assert.Equal(Math.Log(1 + 1e-8) / 10, inputs[0, 3].ToDouble(), 1e-15);
        Assert.Equal(-Math.Exp(10) * 1e-6, inputs[0, 19].ToDouble(), 1e-12);
        Assert.Equal(1, inputs[0, 18].ToDouble());
        Assert.Equal(0, inputs[0, 20].ToDouble());
        Assert.Equal(Math.Log(1 / Math.Sqrt(2)) / 10, inputs[0, 12].ToDouble(), 1e-8);
    }

    [Fact]
    public void Weights_of_another_architecture_are_refused_in_one_line()
    {
        using var scope = NewDisposeScope();
        var named = Random(2).Named().ToDictionary(StringComparer.Ordinal);
        Assert.Equal(2, LearnedOptimizer.Of(named).Reach);
        var wrong = new Dictionary<string, Tensor>(named, StringComparer.Ordinal) { ["recurs.weight_ih"] = zeros(128, 35) };
        Assert.Equal(
            "the weights are of another architecture: recurs.weight_ih has shape [128,35], not [128,36]",
            Assert.Throws<InvalidDataException>(() => LearnedOptimizer.Of(wrong)).Message);
        named.Remove("output.weight");
        Assert.Equal(
            "the weights are of another architecture: output.weight is missing",
            Assert.Throws<InvalidDataException>(() => LearnedOptimizer.Of(named)).Message);
    }

    [Fact]
    public void Non_quadratic_games_are_supported_and_steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        IGameSolver solver = Random(1);
        var (game, w) = (RandomGames.Curved(), RandomGames.Points(2, 3));
        Live.AssertUnchanged(() =>
        {
            using var inner = NewDisposeScope();
            var next = solver.Step(game, solver.Start(game, w));
            Assert.True(next.W.isfinite().all().ToBoolean());
        });
    }

    internal static LearnedOptimizer Random(double reach)
    {
        using var generator = new Generator(11, CPU);
        var theta = randn(LearnedOptimizer.Size(32), dtype: ScalarType.Float64, generator: generator) / 8;
        return LearnedOptimizer.Of(theta, 32, reach);
    }
}
