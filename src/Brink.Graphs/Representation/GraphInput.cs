namespace Brink.Graphs;

/// <summary>An input of a graph.</summary>
/// <param name="Name">Name by which nodes refer to it, and by which data are given.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Shape">Sizes of the dimensions, null for those that the data determine; null if the file does not state how many
/// there are.</param>
public sealed record GraphInput(string Name, ElementType Type, IReadOnlyList<long?>? Shape);
