using Brink.Games;
using Brink.Objectives;

namespace Brink.Tests.Games;

public class SampledTrainingTests
{
    private const double Eta = 0.3;

    private static readonly SampledGames Games = new(4, 5);

    private static readonly SampledTraining Small = new(
        (seed, _) => new Single(new(3, seed)), [20, 35],
        LevelEpochs: 2, Epochs: 6, StepLength: 0.05, Hidden: 8, Seed: 3);

    // The oracle: the same steps with libtorch's own graph, in which xi = J w + c and u are functions, and all
    // else is detached.
    [Fact]
    public void The_adjoint_gradient_equals_that_of_autograd()
    {
        using var scope = NewDisposeScope();
        const int steps = 6;
        var weights = LearnedOptimizerTests.Random(1.5).Leaves();
        var (_, loss, gradient, _) = Unroll().Play(weights, Games, steps, Eta);
        var (w, state, sum) = (Games.Start(), Unroll(), zeros(1, dtype: ScalarType.Float64));
        var (hidden, cell, features, v) = (state.Hidden, state.Cell, state.Features, state.Square);
        for (var t = 0; t < steps; t++)
        {
            var game = Games.Drawn(t);
            var (J, T) = (game.J, game.J.transpose(1, 2));
            var xi = J.bmm(w.unsqueeze(-1)).squeeze(-1) + game.C;
            var x = xi.detach().unsqueeze(-1);
            var (adjusted, symmetric) = (((T - J) / 2).bmm(x).squeeze(-1), ((T + J) / 2).bmm(x).squeeze(-1));
            (features, var inputs) = features.After(stack([xi.detach(), adjusted, symmetric], -1).view(-1, 3));
            (hidden, cell) = weights.Recur(inputs, hidden, cell, weights.InputBias + weights.HiddenBias);
            var u = weights.Coefficients(hidden).view(4, 3, 3);
            sum += ((xi.detach() * symmetric).sum(dim: 1).sign() * xi.square().sum(dim: 1)).mean() / 2;
            var n = (u.select(2, 0) * xi) - (u.select(2, 1) * adjusted) - (u.select(2, 2) * symmetric);
            v = (0.9 * v) + (0.1 * n.detach().square());
            w -= Eta * n / (v + 1e-8).sqrt();
        }
        var expected = Differentiation.Derivative(sum.sum(), weights.Tensors, null, keepGraph: false, differentiable: false);
        Assert.Equal(sum.ToDouble(), loss, 1e-9 * Math.Abs(loss));
        Assert.True(expected.norm().ToDouble() > 1e-3);
        GameTests.Close(expected, gradient, 1e-9 * expected.norm().ToDouble());
    }

    [Fact]
    public void An_unroll_takes_the_steps_of_the_normalised_optimizer()
    {
        using var scope = NewDisposeScope();
        var optimizer = LearnedOptimizerTests.Random(1.5);
        var (first, _, _, _) = Unroll().Play(optimizer.Leaves(), Games, 7, Eta);
        var (second, _, _, _) = first.Play(optimizer.Leaves(), Games, 5, Eta);
        IGameSolver solver = new NormalisedOptimizer(optimizer, Eta);
        var played = solver.Start(Games.At(0), Games.Start());
        for (var t = 0; t < 12; t++) played = solver.Step(Games.At(t), played);
        GameTests.Close(played.W, second.W, 1e-10);
        Assert.Equal(12, second.Steps);
    }

    [Fact]
    public void A_diverged_game_does_not_contribute()
    {
        using var scope = NewDisposeScope();
        // xi . S xi below zero: |xi|^2 = 4 counts with -4/2, 400 does not.
        var directions = tensor(new double[] { 2, 0.5, -1, 20, 0, -1 }).reshape(2, 1, 3);
        var (value, gradient) = StabilityLoss.At(directions);
        Assert.Equal(-2, value, 1e-12);
        Assert.Equal([0.5, 0], gradient.data<double>().ToArray());
    }

    [Fact]
    public void Epochs_do_not_depend_on_where_training_resumes_and_grow_longer()
    {
        using var scope = NewDisposeScope();
        var (state, steps) = (Small.Start(), new List<long>());
        MetaState? half = null;
        for (var i = 0; i < 4; i++)
        {
            (state, var report) = Small.Epoch(state);
            steps.Add(report.Steps);
            half ??= state;
        }
        Assert.Equal([20, 20, 35, 35], steps);
        var on = half!;
        for (var i = 1; i < 4; i++) on = Small.Epoch(on).State;
        Assert.True((on.Fast.Theta == state.Fast.Theta).all().ToBoolean());
        Assert.False((half!.Fast.Theta == state.Fast.Theta).all().ToBoolean());
        var (kept, score) = Small.Validated(state, _ => 2);
        var (after, _) = Small.Validated(kept with { Fast = Small.Start().Fast }, _ => 3);
        Assert.Equal((2, 2.0, 4), (score, after.BestScore, after.BestEpoch));
        Assert.True((Small.BestOptimizer(after).InputWeights == LearnedOptimizer.Of(state.Fast.Theta, 8).InputWeights).all().ToBoolean());
    }

    [Fact]
    public void Weights_are_unchanged_by_games_that_became_non_finite()
    {
        using var scope = NewDisposeScope();
        var state = Small.Start();
        state.Fast.Theta.narrow(0, 0, 1).fill_(float.NaN);
        var (next, report) = Small.Epoch(state);
        Assert.Equal((BatchEnd.NotFinite, 1), (report.End, next.Epoch));
        Assert.True((next.Fast.Theta.narrow(0, 1, 100) == state.Fast.Theta.narrow(0, 1, 100)).all().ToBoolean());
    }

    [Fact]
    public void Epochs_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var start = Small.Start();
        Live.AssertUnchanged(() =>
        {
            var (state, _) = Small.Epoch(start);
            var (validated, _) = Small.Validated(state, _ => 1);
            state.Dispose();
            validated.Dispose();
        });
    }

    private static SampledUnroll Unroll() => SampledUnroll.Start(Games.Start(), 32);

    // Training is in float32.
    private sealed record Single(SampledGames Games) : ISampledGames
    {
        public IReadOnlyList<long> Players => Games.Players;

        public Tensor Start() => Rounded(Games.Start());

        public IGame At(long step)
        {
            var game = Games.Drawn(step);
            return new QuadraticGames(Rounded(game.J), Rounded(game.C));
        }

        private static Tensor Rounded(Tensor a) => a.to(ScalarType.Float32);
    }
}
