using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Monitoring;

/// <summary>How far from instability somebody's training is, while it trains.</summary>
/// <remarks>
/// <para>Attach it before the loop and call <see cref="AfterStep"/> after each step of the optimizer. Now and then it
/// measures the largest eigenvalues on the probe, each time from those of the last; it spaces its measurements so that its
/// own work stays within <see cref="StabilityBudget.Share"/> of the time.</para>
/// <para>The module is left as it was found, bit for bit: mode of every part, buffers, gradients, parameters, and the state
/// of libtorch's random numbers.</para>
/// </remarks>
public sealed class StabilityMonitor : IDisposable
{
    // Beyond it by a fifth and more, the displacement grows by half at every two steps: nothing holds that for long.
    private const double Beyond = 2.4;

    // Self-stabilization swings around the edge by several percent.
    private const double Edge = 1.9;

    // Steps ahead in which the edge has to come for training to count as on its way there.
    private const long Horizon = 2000;

    private readonly nn.Module _module;
    private readonly optim.Optimizer _optimizer;
    private readonly StabilityBudget _budget;
    private readonly ModuleParameters _parameters;
    private readonly DifferentiableSum _loss;
    private readonly EigenpairTracker _tracker;
    private readonly EigenpairTracker _plain;
    private readonly Pace _pace;
    private readonly SharpeningRate _rate = new();
    private Eigenpairs? _pairs;
    private Eigenpairs? _plainPairs;
    private double? _firstLoss;
    private double _learningRate;
    private long _step;

    /// <param name="module">What is trained.</param>
    /// <param name="optimizer">SGD (also with momentum or Nesterov), RMSProp, Adam or AdamW over its parameters.</param>
    /// <param name="probe">The mean loss on the samples to measure with, a scalar computed by the module: always the same
    /// batch, or fresh ones from a data source. It is called once a measurement.</param>
    /// <param name="budget">How much, and how often.</param>
    /// <param name="time">The system's where null.</param>
    /// <exception cref="ArgumentException">The module has nothing to train, or the optimizer's stability is not known
    /// here.</exception>
    public StabilityMonitor(
        nn.Module module,
        optim.Optimizer optimizer,
        Func<Tensor> probe,
        StabilityBudget? budget = null,
        TimeProvider? time = null)
    {
        (_module, _optimizer, _budget) = (module, optimizer, budget ?? new());
        _parameters = new(module);
        var metric = StabilityMetric.Of(optimizer, _parameters);   // says now what it does not know
        metric.Scale.Dispose();
        metric.Decay.Dispose();
        _loss = _parameters.Sum(1, _ => probe());
        _tracker = new(_budget.Pairs, _budget.Tolerance, MaxProducts: _budget.MaxProducts);
        _plain = _tracker with { Pairs = 1 };
        _pace = new(_budget, time ?? TimeProvider.System);
    }

    /// <summary>The last one.</summary>
    public StabilityReading? Last { get; private set; }

    /// <summary>Called after each step of the optimizer.</summary>
    /// <returns>A reading where one was due, else null.</returns>
    public StabilityReading? AfterStep()
    {
        _step++;
        // Another learning rate is another edge: what was known is known no more.
        var rate = _optimizer.ParamGroups.First().LearningRate;
        var changed = Math.Abs(rate - _learningRate) > 0.1 * _learningRate;
        if (!_pace.IsDue(_step, changed)) return null;
        _pace.Begin();
        var reading = Measured();
        return Last = reading with { Overhead = _pace.End(_step) };
    }

    public void Dispose()
    {
        _pairs?.Dispose();
        _plainPairs?.Dispose();
    }

    private StabilityReading Measured()
    {
        using var scope = NewDisposeScope();
        using var found = new ModuleState(_module, evaluate: !_budget.InTrainingMode);
        using var differentiable = enable_grad();
        using var expansion = _loss.ExpandAt(_parameters.Theta());
        var metric = StabilityMetric.Of(_optimizer, _parameters);
        var H = expansion.Hessian();
        var pairs = _tracker.Track(metric.Of(H), _pairs);
        Replace(ref _pairs, pairs);
        var products = pairs.Products;
        double sharpness;
        if (metric.Uniform is { } square)
        {
            sharpness = pairs.Values[0] / square;
        }
        else
        {
            Replace(ref _plainPairs, _plain.Track(H, _plainPairs));
            sharpness = _plainPairs!.Values[0];
            products += _plainPairs.Products;
        }
        var effective = pairs.Values[0];
        var slope = _rate.With(_step, metric.LearningRate, effective);
        _learningRate = metric.LearningRate;
        _firstLoss ??= expansion.Loss;
        double? toEdge = effective < 2 && slope > 0 ? (2 - effective) / slope : null;
        return new(
            _step,
            expansion.Loss,
            metric.LearningRate,
            sharpness,
            effective,
            Alignments(metric.Scale * expansion.Gradient, pairs),
            slope,
            toEdge,
            Judged(effective, expansion.Loss, toEdge),
            products,
            pairs.Converged,
            Overhead: 0);
    }

    private StabilityVerdict Judged(double effective, double loss, double? toEdge)
    {
        // Bursts of the loss belong to the edge: only one that undoes all of the training counts.
        if (!(effective < Beyond) || !double.IsFinite(loss) || (effective > 2 && loss > _firstLoss))
            return StabilityVerdict.Unstable;
        if (effective > Edge) return StabilityVerdict.AtTheEdge;
        return toEdge < Horizon ? StabilityVerdict.Sharpening : StabilityVerdict.Stable;
    }

    private double[] Alignments(Tensor gradient, Eigenpairs pairs)
    {
        using var scope = NewDisposeScope();
        var cosines = pairs.Vectors.narrow(0, 0, Math.Min(_budget.Pairs, pairs.Values.Count)).mv(gradient) / gradient.norm();
        return cosines.to(ScalarType.Float64).data<double>().ToArray();
    }

    private static void Replace(ref Eigenpairs? old, Eigenpairs pairs)
    {
        old?.Dispose();
        old = pairs;
    }
}

/// <summary>What a monitor may cost.</summary>
/// <param name="Share">Of all time, at most: once training has gone on for a few measurements.</param>
/// <param name="Every">Steps between two measurements, at least.</param>
/// <param name="Pairs">Eigenpairs followed, at least 1.</param>
/// <param name="Tolerance">Of their residuals, relative to the eigenvalue.</param>
/// <param name="MaxProducts">Hessian products of one measurement, at most: the first one, from a random start, must not cost
/// more than it is worth. One that did not converge says so, and the next goes on from it.</param>
/// <param name="InTrainingMode">Whether the probe runs in training mode: the loss that is trained, with batch norm's own
/// statistics and dropout's present mask. In evaluation mode both are out of the way.</param>
public sealed record StabilityBudget(
    double Share = 0.1,
    int Every = 10,
    int Pairs = 1,
    double Tolerance = 0.01,
    int MaxProducts = 20,
    bool InTrainingMode = false);
