namespace Brink.Graphs;

/// <summary>A model as a graph of operators, whatever file format it comes from.</summary>
/// <param name="Vocabulary">The set of operators.</param>
/// <param name="Inputs">Inputs, in the file's order.</param>
/// <param name="Outputs">Names of the values that the graph returns.</param>
/// <param name="Nodes">Nodes; each refers to inputs, constants and results of nodes before it. Every result has a name of its
/// own.</param>
/// <param name="Constants">The tensors that the graph holds, by name.</param>
/// <param name="Origin">The format, its version and the program that wrote the file, in words.</param>
/// <param name="Remarks">Facts about the file that a user should know, a sentence each.</param>
public sealed record Graph(
    Vocabulary Vocabulary,
    IReadOnlyList<GraphInput> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<GraphNode> Nodes,
    IReadOnlyDictionary<string, GraphConstant> Constants,
    string Origin,
    IReadOnlyList<string> Remarks);
