using Brink.Games;

namespace Brink.Tests.Games;

public class MetaTrainingTests
{
    private static readonly MetaTraining Small = new(
        new TwoPlayerGames(), new MetaLoss(), [20, 40], new SlowOptimizer(From: 0.25), Epochs: 8, Batch: 16, ValidateEvery: 2, Seed: 3);

    public static TheoryData<MetaLoss> Losses =>
    [
        new MetaLoss(), new MetaLoss(MetaLossKind.Regularised), new MetaLoss(MetaLossKind.Norm),
        new MetaLoss(MetaLossKind.Normalised), new MetaLoss(MetaLossKind.Logarithmic, 1e-4),
    ];

    // Over two steps no feature depends on the weights: the derivative is complete.
    [Theory, MemberData(nameof(Losses))]
    public void The_gradient_of_an_unroll_agrees_with_differences(MetaLoss loss)
    {
        using var scope = NewDisposeScope();
        var games = Mixed(6);
        var w = RandomGames.Points(6, 2);
        var theta = Theta();
        using var generator = new Generator(5, CPU);
        var direction = randn(theta.shape[0], dtype: ScalarType.Float64, generator: generator);
        var (_, _, gradient, _, _) = Play(theta);
        const double h = 1e-5;
        var difference = (Play(theta + (h * direction)).Loss - Play(theta - (h * direction)).Loss) / (2 * h);
        Assert.Equal(difference, gradient.dot(direction).ToDouble(), 1e-6 * Math.Max(1, Math.Abs(difference)));
        Assert.NotEqual(0, difference);

        (Unroll, double Loss, Tensor Gradient, Tensor[], double) Play(Tensor at) => Unroll.Start(w, 32).Play(
            LearnedOptimizer.Of(at, 32, 2).Leaves(), games.DirectionMap(), 2, loss, games.Xi(w).square().sum(dim: 1));
    }

    [Fact]
    public void The_gradient_of_the_following_loss_agrees_with_differences()
    {
        using var scope = NewDisposeScope();
        var (games, w, theta) = (Mixed(6), RandomGames.Points(6, 2), Theta());
        var target = RandomGames.Points(6, 2, 8);
        using var generator = new Generator(5, CPU);
        var direction = randn(theta.shape[0], dtype: ScalarType.Float64, generator: generator);
        const double h = 1e-5;
        var difference = (Follow(theta + (h * direction)).Loss - Follow(theta - (h * direction)).Loss) / (2 * h);
        Assert.Equal(difference, Follow(theta).Gradient.dot(direction).ToDouble(), 1e-6 * Math.Max(1, Math.Abs(difference)));

        (Unroll, double Loss, Tensor Gradient) Follow(Tensor at) => Unroll.Start(w, 32).Follow(
            LearnedOptimizer.Of(at, 32).Leaves(), games.DirectionMap(), [target]);
    }

    [Fact]
    public void An_unroll_takes_the_steps_of_the_optimizer()
    {
        using var scope = NewDisposeScope();
        var (games, w) = (RandomGames.Stable(4, 2), RandomGames.Points(4, 2));
        var optimizer = LearnedOptimizerTests.Random(1.5);
        var map = games.DirectionMap();
        var first = games.Xi(w).square().sum(dim: 1);
        var (state, _, _, _, _) = Unroll.Start(w, 32).Play(optimizer.Leaves(), map, 10, new(), first);
        (state, var loss, _, var path, _) = state.Play(optimizer.Leaves(), map, 7, new(MetaLossKind.Norm), first);
        IGameSolver solver = optimizer;
        var played = solver.Start(games, w);
        var sum = 0.0;
        for (var t = 0; t < 17; t++)
        {
            if (t >= 10) sum += games.Xi(played.W).square().sum().ToDouble() / 4 / 2;
            played = solver.Step(games, played);
        }
        GameTests.Close(played.W, state.W, 1e-10);
        GameTests.Close(played.W, path[^1], 1e-10);
        Assert.Equal(sum, loss, 1e-9 * sum);
    }

    [Fact]
    public void The_loss_changes_sign_with_stability_and_ignores_diverged_games()
    {
        using var scope = NewDisposeScope();
        // Three games of one step: xi . S xi above, below zero, and below with |xi|^2 = 400.
        var directions = tensor(new double[] { 3, 0, 1, 2, 0, -1, 20, 0, -1 }).reshape(1, 3, 1, 3);
        var first = ones(3, dtype: ScalarType.Float64);
        Assert.Equal((9 - 4) / 2.0 / 2, new MetaLoss().Of(directions, first).ToDouble(), 1e-12);
        Assert.Equal((9 + 4 + 400) / 3.0 / 2, new MetaLoss(MetaLossKind.Norm).Of(directions, first).ToDouble(), 1e-12);
        Assert.Equal(
            (413 / 3.0 / 2) + (10 * (2 + 20) / 3.0),
            new MetaLoss(MetaLossKind.Regularised).Of(directions, first).ToDouble(),
            1e-12);
        var withNaN = directions.clone();
        withNaN.narrow(1, 2, 1).fill_(double.NaN);
        Assert.Equal((9 - 4) / 2.0 / 2, new MetaLoss().Of(withNaN, first).ToDouble(), 1e-12);
    }

    [Theory]
    [InlineData(Stability.Stable)]
    [InlineData(Stability.Unstable)]
    [InlineData(Stability.Saddle)]
    [InlineData(Stability.StableOrSaddle)]
    public void Drawn_games_have_the_eigenvalues_they_were_drawn_for(Stability stability)
    {
        using var scope = NewDisposeScope();
        foreach (var coefficients in Enum.GetValues<Coefficients>())
        {
            if ((coefficients, stability) is (Coefficients.Uniform, Stability.Unstable)) continue;
            using var generator = new Generator(2, CPU);
            var games = QuadraticGames.TwoPlayers(
                new TwoPlayerGames(coefficients, stability).DrawCoefficients(200, stability, ScalarType.Float64, generator));
            var values = linalg.eigvalsh((games.J + games.J.transpose(1, 2)) / 2);
            var (least, most) = (values.select(1, 0).data<double>().ToArray(), values.select(1, 1).data<double>().ToArray());
            Assert.Equal(200, least.Length);
            Assert.All(least.Zip(most), pair => Assert.True(stability switch
            {
                Stability.Stable => pair.First >= 0,
                Stability.Unstable => pair.Second <= 0,
                Stability.Saddle => pair is { First: < 0, Second: > 0 },
                _ => pair.Second > 0,
            }));
        }
    }

    [Fact]
    public void No_uniform_game_is_unstable()
    {
        using var generator = new Generator(2, CPU);
        var games = new TwoPlayerGames(Coefficients.Uniform);
        var error = Assert.Throws<InvalidOperationException>(
            () => games.DrawCoefficients(1, Stability.Unstable, ScalarType.Float32, generator));
        Assert.Contains(
            "no Unstable game was found in 4096000 draws of Uniform coefficients", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_share_of_unstable_games_is_as_specified()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, CPU);
        foreach (var distribution in new GameDistribution[] { new TwoPlayerGames(), new FourPlayerGames() })
        {
            var games = distribution.Draw(4000, 0.1, ScalarType.Float32, generator);
            var trace = games.J.diagonal(dim1: 1, dim2: 2).sum(dim: 1);
            Assert.InRange((trace < 0).sum().ToInt64(), 340, 460);
        }
    }

    [Fact]
    public void A_constant_share_applies_from_the_first_epoch()
    {
        using var scope = NewDisposeScope();
        var growing =
            new MetaTraining(new TwoPlayerGames(), new MetaLoss(MetaLossKind.Logarithmic, 1e-4), [10], null, Unstable: 1, Batch: 16);
        var (_, stable) = growing.Epoch(growing.Start());
        var (_, unstable) = (growing with { ShareGrows = false }).Epoch(growing.Start());
        Assert.NotEqual(stable.Loss, unstable.Loss);
        // At share 0 both are the same.
        var (_, none) = (growing with { Unstable = 0, ShareGrows = false }).Epoch(growing.Start());
        Assert.Equal(stable.Loss, none.Loss);
    }

    [Fact]
    public void Training_improves_the_optimizer_and_keeps_the_best()
    {
        using var scope = NewDisposeScope();
        var training = new MetaTraining(
            new TwoPlayerGames(), new MetaLoss(MetaLossKind.Logarithmic, 1e-4), [50], null,
            Unstable: 0, Epochs: 40, Batch: 64, Reach: 4, Seed: 1);
        using var generator = new Generator(9, CPU);
        var list = new TwoPlayerGames().Draw(20, 0, ScalarType.Float32, generator);
        var starts = StartingPoints.PowersOfTwo(4, 2, ScalarType.Float32);
        var state = training.Start();
        var before = Score(training.BestOptimizer(state));
        for (var epoch = 0; epoch < 40; epoch++)
        {
            state = training.Epoch(state).State;
            if (epoch % 10 == 9) state = training.Validated(state, Score).State;
        }
        Assert.True(state.BestScore < 30 && before > 5 * state.BestScore, $"{before} to {state.BestScore}");
        Assert.Equal(state.BestScore, Score(training.BestOptimizer(state)));

        double Score(LearnedOptimizer optimizer) => new ConvergenceTest(Limit: 300).Of(optimizer, list, starts).MeanSteps;
    }

    [Fact]
    public void The_horizon_grows_after_a_validation_without_improvement_up_to_the_last_one()
    {
        using var scope = NewDisposeScope();
        var state = Small.Start();
        foreach (var (score, level, best) in new[] { (10.0, 0, 10.0), (9.0, 0, 9.0), (9.5, 1, 9.0), (9.0, 1, 9.0), (8.0, 1, 8.0) })
        {
            (state, _) = Small.Validated(state, _ => score);
            Assert.Equal((level, best), (state.Level, state.BestScore));
        }
    }

    [Fact]
    public void A_seed_gives_the_same_weights_bit_for_bit_wherever_training_is_interrupted()
    {
        using var scope = NewDisposeScope();
        var (one, other) = (Run(Small.Start(), 6), Run(Run(Small.Start(), 3), 3));
        Assert.Equal(6, one.Epoch);
        Assert.NotNull(one.Slow);
        Assert.True((one.Fast.Theta == other.Fast.Theta).all().ToBoolean());
        Assert.True((one.Slow.Theta == other.Slow!.Theta).all().ToBoolean());
        Assert.False((one.Fast.Theta == Run((Small with { Seed = 4 }).Start(), 6).Fast.Theta).all().ToBoolean());

        static MetaState Run(MetaState state, int epochs)
        {
            for (var i = 0; i < epochs; i++) state = Small.Epoch(state).State;
            return state;
        }
    }

    [Fact]
    public void Weights_are_unchanged_by_a_batch_that_became_non_finite()
    {
        using var scope = NewDisposeScope();
        var state = Small.Start();
        state.Fast.Theta.narrow(0, 0, 1).fill_(float.NaN);
        var (next, report) = Small.Epoch(state);
        Assert.Equal(BatchEnd.NotFinite, report.End);
        Assert.Equal(1, next.Epoch);
        Assert.True((next.Fast.Theta.narrow(0, 1, 100) == state.Fast.Theta.narrow(0, 1, 100)).all().ToBoolean());
        // Mere growth ends the batch, and its updates are kept.
        var enlarged = Small.Start();
        enlarged.Fast.Theta.mul_(40);
        var (after, end) = (Small with { Horizons = [400] }).Epoch(enlarged);
        Assert.True(end.End is BatchEnd.Diverged or BatchEnd.LossTooLarge);
        Assert.True(after.Fast.Theta.isfinite().all().ToBoolean());
    }

    [Fact]
    public void Epochs_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var start = Small.Start() with { Epoch = 4 };
        Live.AssertUnchanged(() =>
        {
            var (state, _) = Small.Epoch(start);
            var (validated, _) = Small.Validated(state, _ => 1);
            state.Dispose();
            validated.Dispose();
        });
    }

    // Stable and unstable ones.
    private static QuadraticGames Mixed(long count)
    {
        using var generator = new Generator(4, CPU);
        return new TwoPlayerGames().Draw(count, 0.4, ScalarType.Float64, generator);
    }

    private static Tensor Theta()
    {
        using var generator = new Generator(11, CPU);
        return randn(LearnedOptimizer.Size(32), dtype: ScalarType.Float64, generator: generator) / 8;
    }
}
