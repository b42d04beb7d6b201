using Brink.Graphs;
using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Lab;

/// <summary>An ONNX or .pt2 model with samples and a loss.</summary>
public sealed class GraphWatched : IWatchedModel
{
    private readonly GraphProblem _file;
    private readonly GraphProblem? _training;   // the same with the statistics of the samples
    private readonly List<string> _remarks = [];
    private GraphProblem? _present;

    /// <param name="file">Problem of the file, whose values are replaced; it is disposed with this object.</param>
    /// <param name="batchStatistics">True to run batch norm with the statistics of the samples, as in training.</param>
    /// <exception cref="ExperimentException">The model has no batch norm.</exception>
    public GraphWatched(GraphProblem file, bool batchStatistics)
    {
        _file = file;
        _training = batchStatistics ? file.WithBatchStatistics() : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters =>
        [.. _file.Model.Parameters.Select(parameter => (parameter.Name, parameter.Shape))];

    /// <inheritdoc/>
    public IReadOnlyList<string> Buffers
    {
        get
        {
            var trained = _file.Model.Parameters.SelectMany(parameter => parameter.Uses).Select(use => use.Constant)
                .ToHashSet(StringComparer.Ordinal);
            return [.. _file.Model.Graph.Constants.Values
                .Where(constant => constant.Data.Type.IsFloatingPoint() && constant.Data.Shape.Count > 0)
                .Where(constant => !trained.Contains(constant.Name))
                .Select(constant => constant.Title)];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <inheritdoc/>
    public long Samples => _file.Samples;

    /// <inheritdoc/>
    public UnitShifts? Shifts => Present.Shifts();

    /// <inheritdoc/>
    public IObjective Batch(IReadOnlyList<long> samples) => Present.Batch(samples);

    /// <inheritdoc/>
    public (IObjective Loss, Tensor Theta) At(IReadOnlyDictionary<string, Tensor> values)
    {
        // Before the next one is made: both together need twice the memory.
        _present?.Dispose();
        _present = null;
        _present = (_training ?? _file).With(values);
        foreach (var remark in _present.Remarks.Except(_remarks, StringComparer.Ordinal).ToArray()) _remarks.Add(remark);
        return (_present.Loss, _present.Theta);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _present?.Dispose();
        _training?.Dispose();
        _file.Dispose();
    }

    private GraphProblem Present => _present ?? throw new InvalidOperationException("no values are set; call At first");
}
