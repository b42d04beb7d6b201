namespace Brink.Graphs;

/// <summary>A constant that holds a parameter.</summary>
/// <param name="Constant">Name of the constant in the graph.</param>
/// <param name="IsTransposed">True if the constant has the last two dimensions of the parameter exchanged.</param>
public sealed record ParameterUse(string Constant, bool IsTransposed);
