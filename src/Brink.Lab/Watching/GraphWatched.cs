using Brink.Graphs;
using Brink.Objectives;

namespace Brink.Lab;

/// <summary>An ONNX or .pt2 model with samples and a loss.</summary>
/// <param name="files">Model and data.</param>
/// <param name="loss">The loss.</param>
/// <param name="precision">float32 or float64.</param>
/// <param name="engine">Engine that differentiates.</param>
/// <param name="microBatch">Samples in one forward pass on autograd.</param>
public sealed class GraphWatched(GraphProblemFiles files, GraphLoss loss, ScalarType precision, DerivativeEngine engine, int microBatch)
    : IWatchedModel
{
    private readonly List<string> _remarks = [];
    private GraphProblem _problem = new(files, loss, precision, engine, microBatch);

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters =>
        [.. _problem.Model.Parameters.Select(parameter => (parameter.Name, parameter.Shape))];

    /// <inheritdoc/>
    public IReadOnlyList<string> Buffers
    {
        get
        {
            var trained = _problem.Model.Parameters.SelectMany(parameter => parameter.Uses).Select(use => use.Constant)
                .ToHashSet(StringComparer.Ordinal);
            return [.. _problem.Model.Graph.Constants.Values
                .Where(constant => constant.Data.Type.IsFloatingPoint() && constant.Data.Shape.Count > 0)
                .Where(constant => !trained.Contains(constant.Name))
                .Select(constant => constant.Title)];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <inheritdoc/>
    public long Samples => _problem.Samples;

    /// <inheritdoc/>
    public IObjective Batch(IReadOnlyList<long> samples) => _problem.Batch(samples);

    /// <inheritdoc/>
    public (IObjective Loss, Tensor Theta) At(IReadOnlyDictionary<string, Tensor> values)
    {
        var next = new GraphProblem(files, loss, precision, engine, microBatch, values);
        _problem.Dispose();
        _problem = next;
        foreach (var remark in next.Remarks.Except(_remarks, StringComparer.Ordinal).ToArray()) _remarks.Add(remark);
        return (next.Loss, next.Theta);
    }

    /// <inheritdoc/>
    public void Dispose() => _problem.Dispose();
}
