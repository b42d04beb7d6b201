using Brink.Algebra;
using Brink.Games;

namespace Brink.Tests.Games;

public class PersistentEvolutionTests
{
    private const int Truncations = LinearGames.Truncations;

    // No clip, and no move of theta.
    private static readonly PersistentEvolution Still = new(
        new LinearGames(), LinearGames.Theta, LinearGames.Truncation * Truncations, 1000, Pairs: 2000, Truncation: LinearGames.Truncation,
        Clip: 1e9, LearningRate: 0, LaterRate: 0, GradientClip: 1e9);

    private static readonly PersistentEvolution Small = Still with
    {
        Pairs = 8,
        Steps = 30,
        Clip = 1,
        LearningRate = 0.03,
        LaterRate = 0.01,
        GradientClip = 6,
    };

    [Fact]
    public void The_estimate_over_a_horizon_is_unbiased_and_that_of_single_truncations_is_not()
    {
        using var scope = NewDisposeScope();
        var (whole, truncated) = LinearGames.Gradients();
        var persistent = Mean(seed => Persistent(Still with { Seed = seed }));
        var single = Mean(Truncated);
        // The bias is many standard errors: each estimate agrees with its own closed form only.
        Assert.InRange((whole - truncated).norm().ToDouble() / persistent.Error, 20, double.PositiveInfinity);
        Assert.InRange((persistent.Mean - whole).norm().ToDouble() / persistent.Error, 0, 3);
        Assert.InRange((single.Mean - truncated).norm().ToDouble() / single.Error, 0, 3);
    }

    [Fact]
    public void Training_descends_the_loss()
    {
        using var scope = NewDisposeScope();
        var method = Small with { Pairs = 64, Steps = 200 };
        var state = method.Start();
        var losses = new List<double>();
        for (var i = 0; i < method.Steps; i++)
        {
            (state, var report) = method.Step(state);
            losses.Add(report.Loss);
        }
        Assert.InRange(losses[^20..].Average(), 0, 0.8 * losses[..20].Average());
        Assert.Equal(60, state.AveragedSteps);
        GameTests.Close(state.Average, PersistentEvolution.Result(state));
    }

    [Fact]
    public void A_restored_state_continues_to_the_same_bits()
    {
        using var scope = NewDisposeScope();
        var state = Small.Start();
        EvolutionState? restored = null;
        for (var i = 0; i < 25; i++)
        {
            if (i == 11)
            {
                var saved = new Snapshot();
                state.Save(saved);
                restored = EvolutionState.Restored(saved);
            }
            state = Small.Step(state).State;
            if (restored is not null) restored = Small.Step(restored).State;
        }
        Assert.True((state.Theta == restored!.Theta).all().ToBoolean());
        Assert.True((state.Average == restored.Average).all().ToBoolean());
        Assert.True((state.Games.W == restored.Games.W).all().ToBoolean());
        Assert.Equal(state.Recent, restored.Recent);
        Assert.Equal(state.Pairs, restored.Pairs);
    }

    [Fact]
    public void First_games_end_at_staggered_ages_and_every_later_one_at_the_horizon()
    {
        using var scope = NewDisposeScope();
        var state = Small.Start();
        Assert.Equal([5, 5, 10, 10, 15, 15, 20, 20], state.Pairs.Select(pair => (int)pair.End));
        for (var i = 0; i < 2; i++) state = Small.Step(state).State;
        Assert.Equal([20, 20, 10, 10, 15, 15, 20, 20], state.Pairs.Select(pair => (int)pair.End));
        Assert.Equal([5, 5, 10, 10, 10, 10, 10, 10], state.Pairs.Select(pair => (int)pair.Age));
        Assert.Equal([8, 9], state.Pairs.Take(2).Select(pair => (int)pair.Seed));
    }

    [Fact]
    public void Theta_returns_to_its_best_value_where_the_loss_rises()
    {
        using var scope = NewDisposeScope();
        var method = Small with { LearningRate = 0, LaterRate = 0, Rise = 0.1 };
        var state = method.Start();
        for (var i = 0; i < 2 * Truncations; i++) state = method.Step(state).State;
        Assert.True(double.IsFinite(state.Least));
        var (best, wrong) = (state.Best.clone(), state with { Theta = state.Theta + 1 });
        var rolledBack = false;
        for (var i = 0; i < 2 * Truncations && !rolledBack; i++)
        {
            (wrong, var report) = method.Step(wrong);
            rolledBack = report.RolledBack;
        }
        Assert.True(rolledBack);
        GameTests.Close(best, wrong.Theta);
        Assert.Equal((1, 0.5), ((int)wrong.Rollbacks, wrong.RateFactor));
    }

    [Fact]
    public void A_pair_whose_loss_is_not_finite_is_counted_and_begins_a_new_game()
    {
        using var scope = NewDisposeScope();
        var state = Small.Start();
        state.Games.W[0].fill_(double.NaN);
        var (next, report) = Small.Step(state);
        Assert.Equal(1, report.Diverged);
        Assert.True(double.IsFinite(report.Loss) && double.IsFinite(report.GradientNorm));
        var (later, second) = Small.Step(next);
        Assert.Equal((0, 8L), (second.Diverged, later.Pairs[0].Seed));
    }

    [Fact]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        var start = Small.Start();
        Live.AssertUnchanged(() => Small.Step(start).State.Dispose());
    }

    // After the staggered first games, each pair plays every truncation of the horizon once in so many steps.
    private static Tensor Persistent(PersistentEvolution method)
    {
        var (state, sum) = (method.Start(), zeros(2, dtype: ScalarType.Float64));
        for (var i = 0; i < 2 * Truncations; i++)
        {
            var before = state.Moments.Mean;
            (state, _) = method.Step(state);
            // Adam's mean is 0.9 of the former one plus 0.1 of the estimate.
            if (i >= Truncations) sum += (state.Moments.Mean - (0.9 * before)) / 0.1;
        }
        return sum;
    }

    private static Tensor Truncated(long seed)
    {
        const double sigma = 0.1;
        const int pairs = 2000;
        using var generator = new Generator((ulong)seed, CPU);
        var games = new LinearGames();
        var (state, sum) = (games.Start(new long[2 * pairs]), zeros(2, dtype: ScalarType.Float64));
        for (var i = 0; i < Truncations; i++)
        {
            var e = sigma * randn(pairs, 2, dtype: ScalarType.Float64, generator: generator);
            var theta = tensor(LinearGames.Theta);
            (state, var loss) = games.Play(
                cat([theta + e, theta - e]), new (long, long)[2 * pairs], state, LinearGames.Truncation);
            sum += PersistentEvolution.Estimate(e, loss.narrow(0, 0, pairs) - loss.narrow(0, pairs, pairs), sigma);
        }
        return sum;
    }

    // Mean of ten estimates, and the norm of its standard error.
    private static (Tensor Mean, double Error) Mean(Func<long, Tensor> estimate)
    {
        var all = stack([.. Enumerable.Range(1, 10).Select(seed => estimate(seed))]);
        var mean = all.mean([0]);
        return (mean, ((all - mean).square().sum() / (9 * 10)).sqrt().ToDouble());
    }
}
