using Brink.Objectives;
using Brink.Spectra;
using Brink.Steering;
using Brink.Taylor;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Forecasts of the next burst of the loss, made at every step of gradient descent at the edge of stability: by the map of one
/// direction, and by the median of the bursts before.</summary>
internal static class BurstForecasts
{
    private const int Images = 500;

    private const int Steps = 600;

    private const int Seeds = 5;

    // Below, the edge is far: no burst is near.
    private const double NearEdge = 0.9;

    /// <summary>One row for each network and loss.</summary>
    public static IEnumerable<BurstForecastsRow> Rows()
    {
        foreach (var activation in new[] { Activation.Tanh, Activation.Relu, Activation.Swish })
        {
            foreach (var isSquared in new[] { true, false })
            {
                var scored = Enumerable.Range(0, Seeds).SelectMany(seed => Scored(activation, isSquared, seed)).ToArray();
                var name = $"mlp-{activation}".ToLowerInvariant();
                foreach (var (least, most) in new[] { (1, 5), (6, 20), (21, 100) })
                {
                    var group = scored.Where(one => one.Ahead >= least && one.Ahead <= most).ToArray();
                    var map = group.Where(one => one.Predicted is not null).ToArray();
                    var median = group.Where(one => one.Median is not null).ToArray();
                    double[] times = [.. map.Select(one => one.PredictedAhead!.Value / (double)one.Ahead).Order()];
                    yield return new(
                        name,
                        isSquared ? "Mse" : "CrossEntropy",
                        $"{least} to {most}",
                        group.Length,
                        map.Length,
                        Share(map, one => one.Predicted!.Value / one.Excess),
                        times.Length == 0 ? null : times[times.Length / 2],
                        Share(median, one => one.Median!.Value / one.Excess));
                }
            }
        }
    }

    private static double? Share(Forecast[] group, Func<Forecast, double> ratio) =>
        group.Length == 0 ? null : group.Count(one => ratio(one) is >= 0.5 and <= 2) / (double)group.Length;

    /// <summary>Descends at the critical rate of the start, and settles each forecast when its burst has come.</summary>
    private static List<Forecast> Scored(Activation activation, bool isSquared, int seed)
    {
        using var scope = NewDisposeScope();
        var (inputs, targets) = FashionMnist.Training().Take(Images, [.. Enumerable.Range(0, 10)]).Standardised(4, ScalarType.Float64);
        var model = new Mlp([49, 32, 32, 10], activation);
        using var loss = TaylorLoss.Over(
            model.Dimension,
            (x, y) => isSquared
                ? Losses.SquaredError(model.Outputs(model.Layout.Values(), x), Value.Constant(y))
                : Losses.CrossEntropy(model.Outputs(model.Layout.Values(), x), Value.Constant(y)),
            inputs.flatten(1),
            targets);
        var theta = model.Initial(seed).to(ScalarType.Float64);
        using var tracker = new EigenpairTracker(new(1, 1e-4));
        var (eta, history) = (0.0, (BurstHistory?)null);
        var (scored, pending) = (new List<Forecast>(), new List<Forecast>());
        for (var step = 0L; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            using var expansion = loss.ExpandAt(theta);
            var pairs = tracker.Track(expansion.Hessian(theta));
            if (eta == 0) eta = 2 / pairs.Values[0];
            if (!double.IsFinite(expansion.Loss)) break;
            history = history?.Next(step, expansion.Loss) ?? BurstHistory.Start(expansion.Loss);
            if (history.Last is { } burst)
            {
                scored.AddRange(pending
                    .Where(one => one.Step < burst.Step)
                    .Select(one => one with { Ahead = burst.Step - one.Step, Excess = burst.Excess }));
                pending.RemoveAll(one => one.Step < burst.Step);
            }
            if (pairs.Values[0] * eta > 2 * NearEdge)
            {
                var map = BurstMap.Of(expansion, pairs.Values[0], pairs.Vectors[0]);
                var forecast = BurstForecast.Of(map, history, step, expansion.Loss, _ => eta)?.Burst;
                pending.Add(new(step, forecast?.Excess, forecast?.Step - step, history.MedianExcess, 0, 0));
            }
            theta = inner.MoveToOuter(theta - (eta * expansion.Gradient));
        }
        return scored;
    }

    /// <summary>A forecast at a step, and what came.</summary>
    private sealed record Forecast(long Step, double? Predicted, long? PredictedAhead, double? Median, long Ahead, double Excess);
}

/// <summary>Forecasts of one network, by how far ahead the burst was.</summary>
/// <param name="Model">Network.</param>
/// <param name="Loss">Loss of a sample.</param>
/// <param name="Ahead">Steps from the forecast to the peak.</param>
/// <param name="Forecasts">Number of forecasts whose burst came.</param>
/// <param name="ByMap">For how many of them the map shows a burst.</param>
/// <param name="MapShare">Share of those whose excess is within a factor of two.</param>
/// <param name="MapTime">Median of the predicted over the actual number of steps to the peak.</param>
/// <param name="MedianShare">Share within a factor of two by the median of the last bursts.</param>
internal sealed record BurstForecastsRow(
    string Model, string Loss, string Ahead, int Forecasts, int ByMap, double? MapShare, double? MapTime, double? MedianShare);
