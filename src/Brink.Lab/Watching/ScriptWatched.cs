using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Lab;

/// <summary>A TorchScript model with samples and a loss, on libtorch's automatic differentiation.</summary>
/// <param name="path">File of torch.jit.save.</param>
/// <param name="precision">float32 or float64.</param>
/// <param name="loss">The loss.</param>
/// <param name="x">Inputs [n,...]; the caller owns them.</param>
/// <param name="y">Targets; the caller owns them.</param>
/// <param name="microBatch">Samples in one forward pass.</param>
/// <param name="batchStatistics">True to run batch norm with the statistics of the samples, as in training.</param>
public sealed class ScriptWatched(
    string path, ScalarType precision, LossKind loss, Tensor x, Tensor y, int microBatch, bool batchStatistics) : IWatchedModel
{
    private readonly ScriptModel _script = Loaded(path, precision, batchStatistics);
    private readonly List<string> _remarks = [];
    private DisposeScope? _scope;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters
    {
        get
        {
            var shapes = _script.Shapes.ToDictionary(part => part.Name, part => part.Shape, StringComparer.Ordinal);
            return [.. _script.Parameters.Parts.Select(part => (part.Name, shapes[part.Name]))];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Buffers => _script.Others;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <inheritdoc/>
    public long Samples => x.shape[0];

    /// <inheritdoc/>
    public UnitShifts? Shifts => null;

    /// <inheritdoc/>
    public IObjective Batch(IReadOnlyList<long> samples)
    {
        var chosen = tensor(samples.ToArray());
        return _script.UncheckedLoss(loss, x.index_select(0, chosen), y.index_select(0, chosen), microBatch);
    }

    /// <inheritdoc/>
    public (IObjective Loss, Tensor Theta) At(IReadOnlyDictionary<string, Tensor> values)
    {
        _scope?.Dispose();
        _scope = NewDisposeScope();
        _script.Set(values);
        if (batchStatistics) _script.Train();
        var objective = _script.UncheckedLoss(loss, x, y, microBatch);
        var theta = _script.Parameters.Theta();
        if (batchStatistics)
        {
            if (!objective.Loss(theta).Equals(objective.Loss(theta)))
            {
                throw new ExperimentException(
                    $"{path}: the loss in training mode differs between two calls: the model has dropout; use --batch-norm running");
            }
        }
        else
        {
            foreach (var remark in _script.Remarks.Except(_remarks, StringComparer.Ordinal).ToArray()) _remarks.Add(remark);
        }
        return (objective, theta);
    }

    /// <summary>Loads the file, or a copy in which a traced batch norm is in training mode.</summary>
    private static ScriptModel Loaded(string path, ScalarType precision, bool batchStatistics)
    {
        if (!batchStatistics || !File.Exists(path)) return new(path, precision);
        using var copy = new TrainingModeCopy(path);
        return new(copy.File, precision);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scope?.Dispose();
        _script.Dispose();
    }
}
