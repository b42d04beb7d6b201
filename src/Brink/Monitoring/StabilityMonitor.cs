using Brink.Algebra;
using Brink.MiniBatches;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Monitoring;

/// <summary>Monitors how far a training run is from instability, while it trains.</summary>
/// <remarks>
/// <para>Attach it before the loop and call <see cref="AfterStep"/> after each step of the optimizer. From time to time it
/// measures the largest eigenvalues on the probe, starting from those of the last measurement. It spaces its measurements so
/// that its own work stays within <see cref="StabilityBudget.Share"/> of the time.</para>
/// <para>The module is left as it was found, bit for bit: mode of every part, buffers, gradients, parameters, and the state of
/// libtorch's random numbers.</para>
/// <para>With small batches it is not the sharpness on the probe that reaches the edge but the curvature of the batches, and with
/// momentum at another edge (<see cref="MiniBatches.BatchEdge"/>). Given the batches of the training, the monitor measures them, and
/// verdict, margin and advice use the edge that applies.</para>
/// <para>Training becomes unstable in the loss that is trained, so that is the one to measure (<see cref="ProbeMode"/>). With
/// batch norm the other loss, with running statistics, depends on parameters that the trained one does not depend on, such as a
/// bias before the norm. Gradients of such parameters are zero in training: Adam would divide by nearly zero and appear to be
/// far beyond an edge that its training never reaches.</para>
/// </remarks>
public sealed class StabilityMonitor : IDisposable
{
    // A fifth above the edge: under gradient descent the displacement almost doubles in two steps, which nothing holds for
    // long.
    private const double UnstableAbove = 2.4;

    // Start of the edge: self-stabilization makes the sharpness oscillate around 2 by several percent.
    private const double Edge = 1.9;

    // Training counts as approaching the edge if it would reach it within this number of steps.
    private const long Horizon = 2000;

    // Products for Adam's advice, in training without second moments, as a share of the other products.
    private const double AdviceShare = 0.25;

    // Largest number of parameters that a remark names.
    private const int Named = 8;

    private readonly nn.Module _module;
    private readonly Func<Tensor> _probe;
    private readonly StabilityBudget _budget;
    private readonly TrainingBatches? _batches;
    private readonly Pace _pace;
    private readonly double? _warmUpTarget, _clipNorm;
    private SharpeningRate _rate = new();
    private optim.Optimizer _optimizer;
    private MeasuredParameters _measured;
    private IReadOnlyList<string> _trained = [];
    private readonly List<string> _changes = [];   // since the last reading
    private (double Sharpness, long Step) _adaptive = (double.NaN, 0);
    private (long Main, long Adaptive) _products;
    private double? _firstLoss;
    private double _learningRate;
    private double _critical = 1;   // last critical multiple of the learning rate
    private long _step;

    /// <param name="module">Module that is trained.</param>
    /// <param name="optimizer">SGD (also with momentum or Nesterov), RMSProp, Adam or AdamW over its parameters.</param>
    /// <param name="probe">Computes the mean loss on the samples to measure with, a scalar, by the module: always on the same
    /// batch, or on fresh ones from a data source. It is called once per measurement, and some thirty times or more at the
    /// first one, which compares derivatives with the loss (<see cref="DerivativeCheck"/>). With batch norm a batch much
    /// smaller than those of training has different statistics, and a different curvature.</param>
    /// <param name="budget">Limits of cost and accuracy; the defaults if null.</param>
    /// <param name="time">Time source; the system's if null.</param>
    /// <param name="warmUpTarget">Learning rate that a warm-up leads to, for <see cref="StabilityReading.WarmUp"/>.</param>
    /// <param name="trainingBatch">Computes the mean loss of another batch of the size that is trained on, a scalar, by the module:
    /// drawn from the data at each call, up to sixteen times per measurement. Null: the batches are not measured.</param>
    /// <param name="clipNorm">Norm to which the training clips longer gradients; null: it does not. Steps of gradient descent are then
    /// shortened as the gradient on the probe would be; those of Adam and RMSProp do not depend on its length.</param>
    /// <exception cref="ArgumentException">The module has nothing to train, or the optimizer's stability is not known
    /// here.</exception>
    public StabilityMonitor(
        nn.Module module,
        optim.Optimizer optimizer,
        Func<Tensor> probe,
        StabilityBudget? budget = null,
        TimeProvider? time = null,
        double? warmUpTarget = null,
        Func<Tensor>? trainingBatch = null,
        double? clipNorm = null)
    {
        if (clipNorm is not null and not > 0)
            throw new ArgumentOutOfRangeException(nameof(clipNorm), clipNorm, "the norm to which gradients are clipped must be positive");
        _clipNorm = clipNorm;
        if (warmUpTarget is { } target && !(target > 0 && double.IsFinite(target)))
            throw new ArgumentOutOfRangeException(nameof(warmUpTarget), target, "the target learning rate must be positive and finite");
        (_module, _optimizer, _probe, _budget, _warmUpTarget) = (module, optimizer, probe, budget ?? new(), warmUpTarget);
        _batches = trainingBatch is null ? null : new(trainingBatch);
        _measured = new(module, probe, _budget);
        using var scope = NewDisposeScope();
        _trained = StabilityMetric.Of(optimizer, _measured.Parameters).Trained;   // throws if the optimizer is not known
        _pace = new(_budget, time ?? TimeProvider.System);
    }

    /// <summary>The last reading; null before the first.</summary>
    public StabilityReading? Last { get; private set; }

    /// <summary>Takes a reading if one is due. Call it right after each step of the optimizer, while the module is in the modes
    /// in which it trains.</summary>
    /// <param name="optimizer">Optimizer that made the step, if it is not the one of before; its edge is measured from then
    /// on.</param>
    /// <returns>A reading if one was due, else null.</returns>
    /// <exception cref="InvalidOperationException">Nothing can be differentiated: the call is inside
    /// <c>torch.inference_mode()</c>, or the probe's loss has no graph. Or derivatives are not those of the loss, and
    /// <see cref="StabilityBudget.Unchecked"/> is false.</exception>
    /// <exception cref="ArgumentException">All parameters are frozen, or the stability of the new optimizer is not known
    /// here.</exception>
    public StabilityReading? AfterStep(optim.Optimizer? optimizer = null)
    {
        _step++;
        if (optimizer is not null && !ReferenceEquals(optimizer, _optimizer))
        {
            _optimizer = optimizer;
            _changes.Add("the optimizer was replaced");
            (_rate, _learningRate) = (new(), 0);
        }
        // Another learning rate changes the edge: the last reading is no longer valid.
        var rate = _optimizer.ParamGroups.First().LearningRate;
        var changed = Math.Abs(rate - _learningRate) > 0.1 * _learningRate;
        if (!_pace.IsDue(_step, changed)) return null;
        // Unlike no_grad, inference mode cannot be suspended from within.
        if (is_inference_mode_enabled())
        {
            throw new InvalidOperationException(
                "StabilityMonitor.AfterStep was called inside torch.inference_mode(), where nothing can be differentiated; "
                    + "call it outside");
        }
        _pace.Begin();
        var reading = Measured();
        return Last = reading with { Overhead = _pace.End(_step) };
    }

    /// <inheritdoc/>
    public void Dispose() => _measured.Dispose();

    private StabilityReading Measured()
    {
        using var scope = NewDisposeScope();
        using var found = new ModuleState(_module, _budget.Mode);
        using var differentiable = enable_grad();
        RefreshParameters();
        if (_budget.MaxProducts == 0) return ByLosses();
        if (!_measured.IsChecked) _measured.Check(_budget.Unchecked);
        using var expansion = _measured.Loss.ExpandAt(_measured.Parameters.Theta());
        var clipping = Clipping(expansion.Gradient);
        var metric = StabilityMetric.Of(_optimizer, _measured.Parameters).Clipped(clipping);
        Compare(metric.Trained);
        var H = expansion.Hessian();
        var pairs = _measured.InMetric.Track(metric.Of(H));
        var effective = pairs.Values[0];
        var plain = metric.Uniform is null ? _measured.Plain.Track(H) : null;
        var sharpness = plain is null ? effective / metric.Uniform!.Value : plain.Values[0];
        _products.Main += pairs.Products + (plain?.Products ?? 0);
        var followed = pairs.Vectors.narrow(0, 0, Math.Min(_budget.Pairs, pairs.Vectors.shape[0]));
        var batches = _batches?.At(_measured.Parameters, expansion.Gradient, followed * metric.Scale);
        var edge = batches is not null && metric.Momentum is { } momentum
            ? BatchEdge.Of(metric.LearningRate * clipping, momentum, sharpness, batches)
            : null;
        double? critical = batches is null ? null : Critical(metric, expansion.Gradient, expansion.Loss) * metric.LearningRate;
        var (advice, products) = Advice(
            metric, H, expansion.Gradient, effective, (plain ?? pairs).Converged ? sharpness : double.NaN,
            edge is { IsOfBatches: true } ? batches!.Sharpness : null);
        var deciding = edge?.EffectiveSharpness ?? effective;
        var slope = _rate.With(_step, metric.LearningRate, deciding);
        _learningRate = metric.LearningRate;
        _firstLoss ??= expansion.Loss;
        double? toEdge = deciding < 2 && slope > 0 ? (2 - deciding) / slope : null;
        return new(
            _step,
            expansion.Loss,
            metric.LearningRate,
            sharpness,
            effective,
            Alignments(metric.Scale * expansion.Gradient, pairs),
            slope,
            toEdge,
            VerdictOf(deciding, expansion.Loss, toEdge),
            pairs.Products + (plain?.Products ?? 0) + products,
            pairs.Converged,
            Overhead: 0)
        {
            Advice = advice,
            Remark = Remark(),
            Batches = batches,
            BatchEdge = edge,
            CriticalLearningRate = critical,
            WarmUpTarget = _warmUpTarget,
        };
    }

    /// <summary>A reading without second derivatives: the curvature along the step, by losses alone.</summary>
    private StabilityReading ByLosses()
    {
        using var scope = NewDisposeScope();
        var theta = _measured.Parameters.Theta();
        var (loss, gradient) = _measured.Loss.LossAndGradient(theta);
        var metric = StabilityMetric.Of(_optimizer, _measured.Parameters).Clipped(Clipping(gradient));
        Compare(metric.Trained);
        _firstLoss ??= loss;
        _learningRate = metric.LearningRate;
        // A step of that multiple of the metric's own has the effective sharpness 2.
        var critical = Critical(metric, gradient, loss);
        var effective = 2 / critical;
        var slope = _rate.With(_step, metric.LearningRate, effective);
        double? toEdge = effective < 2 && slope > 0 ? (2 - effective) / slope : null;
        return new(
            _step, loss, metric.LearningRate, double.NaN, effective, [], slope, toEdge, VerdictOf(effective, loss, toEdge), Products: 0,
            Converged: true, Overhead: 0)
        {
            CriticalLearningRate = critical * metric.LearningRate,
            Remark = Remark(),
            WarmUpTarget = _warmUpTarget,
        };
    }

    /// <summary>The factor by which clipping shortens a step along a gradient.</summary>
    private double Clipping(Tensor gradient) => _clipNorm is { } most ? Math.Min(1, most / gradient.norm().ToDouble()) : 1;

    /// <summary>Computes the multiple of the learning rate at which a step s^2 g of the metric raises the loss.</summary>
    private double Critical(StabilityMetric metric, Tensor gradient, double loss)
    {
        using var scope = NewDisposeScope();
        var theta = _measured.Parameters.Theta();
        var found = new CriticalLearningRate(_critical).Along(_measured.Loss, theta, metric.Scale * metric.Scale * gradient, loss);
        _measured.Parameters.Set(theta);
        if (double.IsFinite(found.Value)) _critical = found.Value;
        return found.Value;
    }

    /// <summary>Measures other parameters if others are trainable than at the last reading.</summary>
    private void RefreshParameters()
    {
        var (joined, left) = _measured.Parameters.Changes(_module);
        if (joined.Count + left.Count == 0) return;
        if (joined.Count > 0) _changes.Add($"now trainable: {Listed(joined)}");
        if (left.Count > 0) _changes.Add($"no longer trainable: {Listed(left)}");
        var measured = new MeasuredParameters(_module, _probe, _budget);
        _measured.Dispose();
        _measured = measured;
        _rate = new();
        (_adaptive, _products) = ((double.NaN, 0), (0, 0));
    }

    /// <summary>Records it if the optimizer trains other parameters than at the last reading.</summary>
    private void Compare(IReadOnlyList<string> trained)
    {
        // Changes of the trainable parameters are already recorded.
        if (_changes.Count == 0)
        {
            if (trained.Except(_trained).ToArray() is { Length: > 0 } joined) _changes.Add($"the optimizer now trains {Listed(joined)}");
            if (_trained.Except(trained).ToArray() is { Length: > 0 } left) _changes.Add($"the optimizer no longer trains {Listed(left)}");
            if (_changes.Count > 0) _rate = new();
        }
        _trained = trained;
    }

    private string? Remark()
    {
        string[] sentences =
        [
            .. _changes.Count == 0 ? [] : new[] { $"{string.Join("; ", _changes)}; measurements restart at this step" },
            .. _measured.Undecided is { } undecided ? new[] { $"derivatives: {undecided}" } : [],
        ];
        _changes.Clear();
        return sentences.Length == 0 ? null : string.Join("; ", sentences);
    }

    private static string Listed(IReadOnlyList<string> names) =>
        names.Count <= Named ? string.Join(", ", names) : $"{string.Join(", ", names.Take(Named))} and {names.Count - Named} more";

    /// <summary>Returns the largest stable steps of the usual methods, and the number of products for Adam's: 0 if the
    /// optimizer has second moments of its own, whose curvature is then known. Between two measurements the last one is used,
    /// with its step.</summary>
    private (IReadOnlyList<StepAdvice> Advice, int Products) Advice(
        StabilityMetric metric, SymmetricOperator H, Tensor gradient, double effective, double sharpness, double? ofBatches)
    {
        if (metric.Adaptive is { } strength)
            return (StepAdvice.For(sharpness, effective / strength, "of the optimizer", ofBatches), 0);
        using var P = double.IsFinite(effective) ? _measured.Moments.Preconditioner(_step, gradient) : null;
        var products = 0;
        if (P is not null && _products.Adaptive <= AdviceShare * _products.Main)
        {
            var pairs = _measured.Preconditioned.Track(H.Preconditioned(P));
            _adaptive = (pairs.Converged ? pairs.Values[0] : double.NaN, _step);
            products = pairs.Products;
            _products.Adaptive += products;
        }
        return (
            StepAdvice.For(
                sharpness,
                P is null ? double.NaN : _adaptive.Sharpness,
                $"of the probe's gradients at the readings until step {_adaptive.Step}",
                ofBatches),
            products);
    }

    private StabilityVerdict VerdictOf(double effective, double loss, double? toEdge)
    {
        // Bursts of the loss are normal at the edge: only one above the first loss counts.
        if (!(effective < UnstableAbove) || !double.IsFinite(loss) || (effective > 2 && loss > _firstLoss))
            return StabilityVerdict.Unstable;
        if (effective > Edge) return StabilityVerdict.AtTheEdge;
        return toEdge < Horizon ? StabilityVerdict.Sharpening : StabilityVerdict.Stable;
    }

    private double[] Alignments(Tensor gradient, Eigenpairs pairs)
    {
        using var scope = NewDisposeScope();
        var cosines = pairs.Vectors.narrow(0, 0, Math.Min(_budget.Pairs, pairs.Vectors.shape[0])).mv(gradient) / gradient.norm();
        return cosines.to(ScalarType.Float64).data<double>().ToArray();
    }

}

/// <summary>Limits of a monitor's cost and accuracy.</summary>
/// <param name="Share">Largest share of all time, once training has run for a few measurements.</param>
/// <param name="Every">Smallest number of steps between two measurements.</param>
/// <param name="Pairs">Number of eigenpairs that are followed, at least 1.</param>
/// <param name="Tolerance">Residual tolerance of the pairs, relative to the eigenvalue.</param>
/// <param name="MaxProducts">Largest number of Hessian products of one measurement; it bounds the cost of the first one, which
/// has a random start. A reading that did not converge is marked so, and the next continues from it. 0: no second derivatives; the
/// effective sharpness is then that along the step, 2 over the multiple of the learning rate at which the loss rises, by some ten
/// losses: a lower bound of the other where the loss is quadratic.</param>
/// <param name="Mode">Mode in which the probe runs.</param>
/// <param name="Unchecked">True to measure even if the derivatives are not those of the loss, with a remark in each
/// reading.</param>
public sealed record StabilityBudget(
    double Share = 0.1,
    int Every = 10,
    int Pairs = 1,
    double Tolerance = 0.01,
    int MaxProducts = 20,
    ProbeMode Mode = ProbeMode.AsTrained,
    bool Unchecked = false);

/// <summary>The loss of a module that a monitor measures, where training and evaluation mode differ.</summary>
public enum ProbeMode
{
    /// <summary>The trained loss without its noise. Every part is as <see cref="StabilityMonitor.AfterStep"/> finds it: batch
    /// norm uses the statistics of the probe, and frozen norms are frozen. Parts that only draw random numbers in training mode
    /// (dropout) are in evaluation mode: with another mask at every measurement the readings would differ by their masks.
    /// Dropout inside a part that is not TorchSharp's own, or in a TorchScript file, stays active.</summary>
    AsTrained,

    /// <summary>Every part as it is found, with the dropout mask of the present random state.</summary>
    Unchanged,

    /// <summary>All parts in evaluation mode: the loss with which the model will be used. With batch norm its curvature does
    /// not decide whether training is stable.</summary>
    Evaluation,
}
