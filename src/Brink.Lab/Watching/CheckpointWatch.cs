using Brink.Algebra;
using Brink.MiniBatches;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Checkpoints;

namespace Brink.Lab;

/// <summary>Measures checkpoints of a training one after the other: loss, gradient, both ends of the Hessian's spectrum and its trace,
/// the largest eigenvalues in the metric of an adaptive optimizer, the critical learning rate, and the curvature of small batches.
/// Eigenvectors start from those of the checkpoint before.</summary>
/// <param name="model">Model with samples and a loss; the caller owns it.</param>
/// <param name="settings">What is measured.</param>
public sealed class CheckpointWatch(IWatchedModel model, WatchSettings settings) : IDisposable
{
    // Standard error of a batch sharpness, and the largest number of batches.
    private static readonly BatchSharpness Batches = new(RelativeError: 0.01, Most: 500);

    private const long Seed = 5;

    // Relative error of the critical learning rate: a loss costs little next to the spectrum.
    private const double CriticalError = 1e-6;

    private readonly EigenpairTracker _top = new(new(settings.Top, settings.Tolerance, Seed: 1));
    private readonly EigenpairTracker? _bottom = settings.Bottom > 0 ? new(new(settings.Bottom, settings.Tolerance, Seed: 2)) : null;
    private readonly EigenpairTracker _preconditioned = new(new(settings.Preconditioned, settings.Tolerance, Seed: 3));
    private readonly EigenpairTracker _metric = new(new(1, settings.Tolerance, Seed: 8));
    private double? _critical;   // last critical learning rate

    /// <summary>Measures a checkpoint.</summary>
    /// <param name="checkpoint">Checkpoint; the caller owns it.</param>
    /// <param name="step">Its step.</param>
    /// <exception cref="InvalidDataException">The checkpoint does not fit the model.</exception>
    public WatchRow Measure(TrainingCheckpoint checkpoint, long step)
    {
        using var scope = NewDisposeScope();
        var names = Names(checkpoint);
        var missing = model.Parameters.Select(one => one.Name).Where(names.Missing.Contains).ToArray();
        if (missing.Length > 0)
        {
            throw new InvalidDataException(
                $"{checkpoint.Path}: has no values of {missing.Length} of the model's {model.Parameters.Count} parameters, such as"
                    + $" '{missing[0]}'; is it of another model? It has {string.Join(", ", checkpoint.State.Keys.Take(5))}");
        }
        foreach (var (name, shape) in model.Parameters)
        {
            var given = checkpoint.State[names.ByModelName[name]];
            if (!given.shape.SequenceEqual(shape))
            {
                throw new InvalidDataException(
                    $"{checkpoint.Path}: {names.ByModelName[name]} is [{string.Join(',', given.shape)}]; the model needs"
                        + $" [{string.Join(',', shape)}]: is it of another model?");
            }
        }
        var (loss, theta) = model.At(names.ByModelName.ToDictionary(
            pair => pair.Key, pair => checkpoint.State[pair.Value], StringComparer.Ordinal));
        using var expansion = loss.ExpandAt(theta);
        var hessian = expansion.Hessian(theta);
        var norm = expansion.Gradient.norm().ToDouble();
        if (!double.IsFinite(expansion.Loss) || !double.IsFinite(norm))
            throw new InvalidDataException($"{checkpoint.Path}: the loss is {expansion.Loss} there, and the norm of its gradient {norm}");
        var top = _top.Track(hessian);
        var bottom = _bottom?.Track(hessian.Scaled(-1));
        var optimizer = settings.Given ?? (checkpoint.Optimizer is { } read ? WatchedOptimizer.Of(read) : null);
        var stored = checkpoint.State.Keys.Index().ToDictionary(key => key.Item, key => key.Index, StringComparer.Ordinal);
        var at = new WatchedPoint(model.Parameters, theta, expansion.Gradient, checkpoint.Path)
        {
            InFile = [.. model.Parameters.OrderBy(one => stored[names.ByModelName[one.Name]])],
        };
        var (state, misfit) = Fitting(checkpoint.Optimizer, at);
        var P = optimizer is { IsAdaptive: true } && state is not null ? WatchedPreconditioner.Of(optimizer, state, at) : null;
        var preconditioned = P is null ? null : _preconditioned.Track(hessian.Preconditioned(P.Diagonal));
        var clipping = Clipping(optimizer, norm);
        var edge = Edge(checkpoint.Optimizer, state, optimizer, hessian, top, preconditioned?.Values[0], at, clipping);
        var update = P is null ? expansion.Gradient : expansion.Gradient / P.Diagonal;
        var critical = new CriticalLearningRate(
                _critical ?? optimizer?.LearningRate ?? 2 / Math.Abs(top.Values[0]), CriticalError)
            .Along(loss, theta, update, expansion.Loss);
        if (double.IsFinite(critical.Value)) _critical = critical.Value;
        var batches = settings.BatchSize is { } size
            ? Batches.At(
                theta,
                BatchOrder.Random(model.Samples, size, Seed).Select(model.Batch),
                expansion.Gradient,
                top.Vectors.narrow(0, 0, Math.Min(settings.Top, top.Vectors.shape[0])))
            : null;
        var alignment = top.Vectors.mv(expansion.Gradient).abs() / norm;
        return new(
            step,
            expansion.Loss,
            norm,
            [.. top.Values.Take(settings.Top)],
            [.. bottom?.Values.Take(settings.Bottom).Select(value => -value) ?? []],
            preconditioned?.Values.Take(settings.Preconditioned).ToArray(),
            optimizer?.LearningRate,
            edge?.Threshold ?? optimizer?.Edge,
            checkpoint.Path,
            [.. alignment.to(ScalarType.Float64).data<double>().Take(settings.Top)],
            settings.TraceProducts > 0 ? Trace(theta, hessian) : null,
            DirectionalSharpness.Of(expansion, update),
            critical.Value,
            batches,
            top.Converged && bottom?.Converged != false && preconditioned?.Converged != false,
            top.Products + (bottom?.Products ?? 0) + (preconditioned?.Products ?? 0) + (edge?.Products ?? 0),
            names.Summary)
        {
            Optimizer = optimizer,
            Curvature = edge?.Curvature,
            IsMetric = edge?.IsMetric == true,
            Clipping = clipping,
            EdgeRemark = edge?.Remark,
            Doubt = Doubt(P, optimizer, checkpoint.Optimizer, edge is null ? misfit : null),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _top.Dispose();
        _bottom?.Dispose();
        _preconditioned.Dispose();
        _metric.Dispose();
    }

    /// <summary>The edge of the step that the optimizer takes: in its own metric where its groups differ or have weight decay, and
    /// shortened where the gradient is clipped.</summary>
    private WatchedEdge? Edge(
        OptimizerState? read, OptimizerState? fitting, WatchedOptimizer? optimizer, SymmetricOperator hessian, Eigenpairs top,
        double? preconditioned, WatchedPoint at, double clipping)
    {
        if (optimizer is null) return null;
        if (settings.Given is null && read is not null && WatchedMetric.IsNeeded(read))
        {
            if (fitting is null || WatchedMetric.Of(fitting, at) is not { } metric) return null;
            var pairs = _metric.Track(metric.Of(hessian));
            return new(
                pairs.Values[0] * clipping, 2, pairs.Products,
                "the groups of the optimizer differ or have weight decay: the curvature is in the metric of its step, with the edge 2")
            {
                IsMetric = true,
            };
        }
        var edge = WatchedEdge.Of(
            optimizer, hessian, top, preconditioned, at.Gradient, [.. at.Parameters.Select(one => one.Shape)]);
        return edge is null ? null : edge with { Threshold = edge.Threshold / clipping };
    }

    /// <summary>The trace: exact where as many products suffice, in the coordinates of the units of dense layers.</summary>
    private TraceEstimate Trace(Tensor theta, SymmetricOperator hessian)
    {
        if (model.Shifts is not { } shifts || settings.TraceProducts < shifts.Dimension)
            return new XTrace(settings.TraceProducts, Seed: 4).Trace(hessian);
        var (loss, point) = shifts.At(theta);
        using var owned = loss;
        using var expansion = loss.CurvatureAt(point);
        var trace = new XTrace(settings.TraceProducts).Trace(expansion.Hessian(point));
        return trace with { Value = trace.Value + shifts.Remainder };
    }

    /// <summary>The factor by which clipping shortens the step: c/|g| where the gradient is longer than c. Adam's step does not depend
    /// on the length of the gradient.</summary>
    private double Clipping(WatchedOptimizer? optimizer, double norm) =>
        settings.ClipNorm is { } most && optimizer?.Kind is WatchedMethod.Descent or WatchedMethod.Nesterov
            ? Math.Min(1, most / norm)
            : 1;

    /// <summary>The state of an optimizer if it fits the model, or else the reason why not.</summary>
    private static (OptimizerState? State, string? Misfit) Fitting(OptimizerState? state, WatchedPoint at)
    {
        try
        {
            if (state is not null) at.Indices(state);
            return (state, null);
        }
        catch (InvalidDataException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The reason why there is no edge, or why it may mean nothing; null if it means what it says.</summary>
    private string? Doubt(WatchedPreconditioner? P, WatchedOptimizer? optimizer, OptimizerState? state, string? misfit) => optimizer switch
    {
        { Kind: WatchedMethod.Other } =>
            $"No edge is known for the optimizer of the file, whose settings are {string.Join(", ", state!.Groups[0].Settings)}:"
                + " there is no effective sharpness; name the method with --optimizer if it is a known one",
        not null when misfit is not null => $"{misfit}; there is no effective sharpness",
        { IsAdaptive: true } when P is null =>
            $"The file has no second moments of {optimizer.Name}, on which its edge depends: there is no effective sharpness",
        _ when P is { HasUnused: true } && !settings.BatchStatistics =>
            $"Some second moments are zero, as those of a bias before batch norm in training: the eigenvalues in the metric of"
                + $" {optimizer!.Name} mean something only with --batch-norm batch",
        _ => null,
    };

    private NameMapping Names(TrainingCheckpoint checkpoint)
    {
        var names = NameMapping.Of(
            checkpoint.State.Keys, [.. model.Parameters.Select(one => one.Name), .. model.Buffers], checkpoint.Path);
        if (names.ByModelName.Count > 0) return names;
        return NameMapping.ByShape(
            checkpoint.State.Select(pair => (pair.Key, (IReadOnlyList<long>)pair.Value.shape)), model.Parameters) ?? names;
    }
}
