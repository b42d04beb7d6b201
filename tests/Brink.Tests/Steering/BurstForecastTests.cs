using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Steering;
using Brink.Zoo.Models;

namespace Brink.Tests.Steering;

public sealed class BurstForecastTests
{
    private const double Eta = 0.1;

    [Theory, InlineData(19.0, 0.5), InlineData(19.9, 2.0), InlineData(20.5, 1.0)]
    public void A_forecast_is_the_burst_of_descent_on_a_loss_whose_dynamics_are_those_of_the_map(double sharpness, double drift)
    {
        // L = S x^2 / 2 - a y with S = y: x' = (1 - eta S) x and y' = y + eta (a - x^2 / 2), so alpha = a and beta = 1.
        using var scope = NewDisposeScope();
        var loss = new DifferentiableSum(2, ScalarType.Float64, 1, (at, _) => (at[1] * at[0] * at[0] / 2) - (drift * at[1]));
        var theta = tensor(new[] { 1e-2, sharpness });
        using var expansion = loss.ExpandAt(theta);
        using var tracker = new EigenpairTracker(new(1, 1e-10));
        var pairs = tracker.Track(expansion.Hessian(theta));
        var map = BurstMap.Of(expansion, pairs.Values[0], pairs.Vectors[0]);
        Assert.Equal(drift, map.Alpha, 1e-3);
        Assert.Equal(1, map.Beta, 1e-3);
        var forecast = BurstForecast.Of(map, BurstHistory.Start(1), 7, 1, _ => Eta)!;

        var (history, step) = (BurstHistory.Start(1), 7);
        while (history.Last is null)
        {
            theta -= Eta * loss.LossAndGradient(theta).Gradient;
            history = history.Next(++step, 1 + (theta[1] * theta[0] * theta[0] / 2).ToDouble());
        }
        Assert.Equal(7, forecast.Step);
        Assert.Equal(history.Last.Step, forecast.Burst.Step);
        Assert.Equal(1, forecast.Burst.Excess / history.Last.Excess, 0.02);
    }

    [Fact]
    public void The_map_of_a_network_agrees_with_differences_of_its_dense_sharpness()
    {
        using var scope = NewDisposeScope();
        var model = new Mlp([5, 12, 2], Activation.Swish);
        var loss = Networks.Loss(model);
        var theta = model.Initial(3).to(ScalarType.Float64);
        using var expansion = loss.ExpandAt(theta);
        var (values, vectors) = linalg.eigh(Dense(theta));
        var (S, u) = (values[-1].ToDouble(), vectors.select(1, -1).contiguous());
        var map = BurstMap.Of(expansion, S, u);
        var g = expansion.Gradient;
        var x = u.dot(g).ToDouble() / S;
        var across = g - (u.dot(g) * u);
        var axes = eye(model.Dimension, dtype: ScalarType.Float64);
        var slope = stack(Enumerable.Range(0, (int)model.Dimension).Select(i => tensor(Along(axes[i]))));
        var beta = (slope - (u.dot(slope) * u)).square().sum().ToDouble();
        Assert.Equal(x, map.Displacement, 10);
        Assert.Equal(S, map.Sharpness);
        Assert.Equal(1, map.Beta / beta, 5);
        Assert.Equal(-Along(across) + (beta * x * x / 2), map.Alpha, 1e-5 * Math.Abs(map.Alpha));

        double Along(Tensor direction)
        {
            const double step = 1e-4;
            return (Sharpness(theta + (step * direction)) - Sharpness(theta - (step * direction))) / (2 * step);
        }

        double Sharpness(Tensor at) => linalg.eigvalsh(Dense(at))[-1].ToDouble();

        Tensor Dense(Tensor at)
        {
            using var there = loss.ExpandAt(at);
            var H = there.HessianTimes(eye(model.Dimension, dtype: ScalarType.Float64));
            return (H + H.t()) / 2;
        }
    }

    [Fact]
    public void The_forecast_follows_a_rate_that_recovers()
    {
        // At the present rate nothing grows; at the first one, to which it recovers in ten steps, y = 2 and a burst comes.
        var map = new BurstMap(1e-3, 22, Alpha: 0, Beta: 1);
        var history = BurstHistory.Start(1);
        Assert.Null(BurstForecast.Of(map, history, 0, 1, _ => 0.5 * Eta));
        var late = BurstForecast.Of(map, history, 0, 1, step => Eta * Math.Min(1, 0.5 + (0.05 * step)))!;
        var soon = BurstForecast.Of(map, history, 0, 1, _ => Eta)!;
        Assert.True(late.Burst.Step > soon.Burst.Step + 5);
        // Without stabilization there is no peak.
        Assert.Null(BurstForecast.Of(map with { Beta = 0 }, history, 0, 1, _ => Eta));
    }

    [Fact]
    public void Bursts_are_counted_at_their_peaks_and_small_rises_do_not_count()
    {
        var history = After(BurstHistory.Start(1), 1, 0.9, 0.905, 0.8, 0.9, 1.2, 1.1, 0.95, 0.7, 0.69);
        Assert.Equal(new Burst(5, 1.2 - 0.8), history.Last);
        Assert.Equal([1.2 - 0.8], history.Excesses);
        history = After(history, 11, 0.8, 1.0, 0.75, 0.7);
        Assert.Equal(12, history.Last!.Step);
        Assert.Equal(1.0 - 0.69, history.Last.Excess, 12);
        Assert.Equal(1.2 - 0.8, history.MedianExcess!.Value, 12);
    }

    [Fact]
    public void A_step_undone_several_times_is_one_burst_from_which_the_history_continues()
    {
        var history = After(BurstHistory.Start(1), 1, 0.5, 0.6);
        history = history.Undone(3, double.NaN, 0.6);
        Assert.Equal(new Burst(3, double.PositiveInfinity), history.Last);
        history = history.With(new(2, new(30, 0.1))).Undone(3, 5, 0.6);
        Assert.Single(history.Excesses);
        Assert.Equal(0, history.Forecasts);
        history = After(history, 3, 0.55, 0.5, 0.7, 0.5);
        Assert.Equal((5, 1, 1), (history.Last!.Step, history.Forecasts, history.Right));
    }

    [Fact]
    public void Forecasts_are_settled_by_the_first_burst_after_them()
    {
        var history = After(BurstHistory.Start(1), 1, 0.5)
            .With(new(1, new(10, 0.39)))   // within a factor of two of 0.2
            .With(new(1, new(10, 0.41)));  // in its place: not within
        history = After(history, 2, 0.7);
        history = history.With(new(2, new(4, 0.1)));   // the peak was at step 2: for the burst after it
        history = After(history, 3, 0.5, 0.4);
        Assert.Equal((1, 0), (history.Forecasts, history.Right));
        history = After(history, 5, 0.55, 0.4);
        Assert.Equal((2, 1), (history.Forecasts, history.Right));
        Assert.Empty(history.Expected);
        var sentence = new BurstForecast(6, new(9, 0.123)).Sentence(history);
        Assert.Contains("in 3 steps, 0.12 above", sentence, StringComparison.Ordinal);
        Assert.Contains("1 of 2 earlier forecasts", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restored_history_is_the_saved_one()
    {
        var history = After(BurstHistory.Start(1), 1, 0.5, 0.7, 0.5, 0.6).With(new(4, new(9, 0.2)));
        history = history.Undone(5, double.NaN, 0.6).With(new(5, new(8, 0.3)));
        using var scope = NewDisposeScope();
        var saved = new Snapshot();
        history.Save(saved);
        Assert.Equivalent(history, BurstHistory.Restored(saved), strict: true);
    }

    private static BurstHistory After(BurstHistory history, long step, params double[] losses)
    {
        foreach (var loss in losses) history = history.Next(step++, loss);
        return history;
    }
}
