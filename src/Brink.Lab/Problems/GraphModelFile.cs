using Brink.Graphs;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>Models of other frameworks, with the parameters that a user chooses.</summary>
public static class GraphModelFile
{
    /// <summary>Chooses the parameters of a graph.</summary>
    /// <param name="graph">Graph.</param>
    /// <param name="weights">Safetensors file of a state dictionary; null: by the selection.</param>
    /// <param name="selection">Parameters by rule or pattern.</param>
    /// <param name="output">Output of the model, if it has several; else null.</param>
    /// <exception cref="GraphException">The graph has no such output, or nothing is a parameter.</exception>
    public static GraphModel Model(Graph graph, string? weights, ParameterSelection selection, string? output)
    {
        if (weights is null) return GraphModel.Of(graph, selection, output);
        using var scope = NewDisposeScope();
        var tensors = Safetensors.Read(weights).Tensors;
        return GraphModel.Of(graph, [.. tensors.Select(pair => (pair.Key, StoredTensor.Of(pair.Value)))], output);
    }
}
