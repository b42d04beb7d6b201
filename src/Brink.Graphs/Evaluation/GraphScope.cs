using System.Runtime.InteropServices;

namespace Brink.Graphs;

/// <summary>The values of a graph while it is evaluated; those of a nested graph besides those of the graph around it.</summary>
/// <param name="outer">Scope of the graph around it, or null.</param>
internal sealed class GraphScope(GraphScope? outer = null)
{
    private readonly Dictionary<string, Quantity> _values = new(StringComparer.Ordinal);

    /// <summary>A value by name.</summary>
    /// <exception cref="GraphException">There is none yet.</exception>
    public Quantity this[string name]
    {
        get => Find(name) ?? throw new GraphException($"the value '{name}' does not exist");
        set => _values[name] = value;
    }

    /// <summary>A value by name, or null.</summary>
    public Quantity? Find(string name) => _values.GetValueOrDefault(name) ?? outer?.Find(name);

    /// <summary>Evaluates the nodes of a graph in this scope, which holds its inputs and constants.</summary>
    /// <returns>The outputs.</returns>
    /// <exception cref="GraphException">An operator is missing, or does not fit its arguments.</exception>
    public Quantity[] Evaluate(Graph graph)
    {
        foreach (var node in graph.Nodes)
        {
            var op = Operator.Find(graph.Vocabulary, node.Operator)
                ?? throw new GraphException(
                    $"{node.Operator} (version {node.Version}) at node {GraphContent.Place(node)}: Brink lacks this operator");
            try
            {
                var results = op.Compute(new(node, this));
                foreach (var (name, result) in node.Outputs.Zip(results)) if (name.Length > 0) this[name] = result;
            }
            catch (Exception e) when (e is GraphException or ArgumentException or ExternalException or OverflowException)
            {
                if (e is GraphException && e.InnerException is GraphException) throw;      // the place is known already
                throw new GraphException(
                    $"{node.Operator} at node {GraphContent.Place(node)}: {Line(e)}",
                    e is GraphException ? e : new GraphException(Line(e), e));
            }
        }
        return [.. graph.Outputs.Select(name => this[name])];
    }

    private static string Line(Exception e) => e.Message.Split('\n')[0].Split(" (Parameter")[0];
}
