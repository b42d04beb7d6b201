using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Checkpoints;

namespace Brink.Lab;

/// <summary>Measures checkpoints of a training one after the other: loss, gradient, both ends of the Hessian's spectrum, and the
/// largest eigenvalues in the metric of Adam. Eigenvectors start from those of the checkpoint before.</summary>
/// <param name="model">Model with samples and a loss; the caller owns it.</param>
/// <param name="settings">What is measured.</param>
public sealed class CheckpointWatch(IWatchedModel model, WatchSettings settings) : IDisposable
{
    // P in units of epsilon below which a parameter counts as unused.
    private const double Unused = 10;

    private readonly EigenpairTracker _top = new(new(settings.Top, settings.Tolerance, Seed: 1));
    private readonly EigenpairTracker? _bottom = settings.Bottom > 0 ? new(new(settings.Bottom, settings.Tolerance, Seed: 2)) : null;
    private readonly EigenpairTracker _preconditioned = new(new(settings.Preconditioned, settings.Tolerance, Seed: 3));

    /// <summary>Measures a checkpoint.</summary>
    /// <param name="checkpoint">Checkpoint; the caller owns it.</param>
    /// <param name="step">Its step.</param>
    /// <exception cref="InvalidDataException">The checkpoint does not fit the model.</exception>
    public WatchRow Measure(TrainingCheckpoint checkpoint, long step)
    {
        using var scope = NewDisposeScope();
        var names = NameMapping.Of(checkpoint.State.Keys, [.. model.Parameters.Select(one => one.Name), .. model.Buffers], checkpoint.Path);
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
        var optimizer = checkpoint.Optimizer is { } state
            ? settings.Given ?? WatchedOptimizer.Of(state)
            : settings.Given;
        var (preconditioned, doubt) = Preconditioned(hessian, optimizer, checkpoint);
        var alignment = top.Vectors.mv(expansion.Gradient).abs() / norm;
        return new(
            step,
            expansion.Loss,
            norm,
            [.. top.Values.Take(settings.Top)],
            [.. bottom?.Values.Take(settings.Bottom).Select(value => -value) ?? []],
            preconditioned?.Values.Take(settings.Preconditioned).ToArray(),
            optimizer?.LearningRate,
            optimizer?.Edge,
            checkpoint.Path,
            [.. alignment.to(ScalarType.Float64).data<double>().Take(settings.Top)],
            top.Converged && bottom?.Converged != false && preconditioned?.Converged != false,
            top.Products + (bottom?.Products ?? 0) + (preconditioned?.Products ?? 0),
            doubt is null ? names.Summary : $"{names.Summary}. {doubt}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _top.Dispose();
        _bottom?.Dispose();
        _preconditioned.Dispose();
    }

    private (Eigenpairs? Pairs, string? Doubt) Preconditioned(
        SymmetricOperator hessian, WatchedOptimizer? optimizer, TrainingCheckpoint checkpoint)
    {
        if (optimizer is not { Kind: WatchedMethod.Adam } || checkpoint.Optimizer is not { } state) return (null, null);
        if (optimizer.Preconditioner(state, model.Parameters, checkpoint.Path, hessian.Precision) is not { } P) return (null, null);
        // A parameter on which the training loss does not depend has no second moment, and P is epsilon there.
        var doubt = P.min().ToDouble() < Unused * optimizer.Epsilon
            ? "Some second moments are zero, as those of a bias before batch norm in training: the eigenvalues in the metric of Adam"
                + " mean something only with --batch-norm batch"
            : null;
        return (_preconditioned.Track(hessian.Preconditioned(P)), settings.BatchStatistics ? null : doubt);
    }
}

/// <summary>What a watch measures.</summary>
/// <param name="Top">Number of largest eigenvalues.</param>
/// <param name="Bottom">Number of smallest eigenvalues.</param>
/// <param name="Preconditioned">Number of largest eigenvalues in the metric of Adam.</param>
/// <param name="Tolerance">Residual tolerance, relative to the eigenvalue.</param>
/// <param name="Given">The optimizer, if it is not that of the checkpoints.</param>
/// <param name="BatchStatistics">True if batch norm takes the statistics of the samples.</param>
public sealed record WatchSettings(
    int Top = 5,
    int Bottom = 2,
    int Preconditioned = 3,
    double Tolerance = 1e-4,
    WatchedOptimizer? Given = null,
    bool BatchStatistics = false);

/// <summary>The measurements of a checkpoint.</summary>
/// <param name="Step">Step of the training.</param>
/// <param name="Loss">Loss on the probe.</param>
/// <param name="GradientNorm">Norm of its gradient.</param>
/// <param name="Top">Largest eigenvalues of the Hessian, descending.</param>
/// <param name="Bottom">Smallest eigenvalues, ascending.</param>
/// <param name="PreconditionedTop">Largest eigenvalues of P^-1/2 H P^-1/2 with Adam's P; null without second moments.</param>
/// <param name="LearningRate">Learning rate; null where it is unknown.</param>
/// <param name="Edge">Largest stable eigenvalue; null where it is unknown.</param>
/// <param name="File">The checkpoint.</param>
/// <param name="Alignment">|cosine| of the gradient and each of the top eigenvectors.</param>
/// <param name="Converged">True if all eigenvalues met their tolerance.</param>
/// <param name="Products">Number of Hessian products.</param>
/// <param name="Names">Which names of the checkpoint were found, and what is doubtful.</param>
public sealed record WatchRow(
    long Step,
    double Loss,
    double GradientNorm,
    IReadOnlyList<double> Top,
    IReadOnlyList<double> Bottom,
    IReadOnlyList<double>? PreconditionedTop,
    double? LearningRate,
    double? Edge,
    string File,
    IReadOnlyList<double> Alignment,
    bool Converged,
    int Products,
    string Names)
{
    /// <summary>Largest eigenvalue in units of the edge, times 2: 2 at the edge of stability; null where the edge is
    /// unknown.</summary>
    public double? EffectiveSharpness => 2 * (PreconditionedTop?[0] ?? Top[0]) / Edge;
}
