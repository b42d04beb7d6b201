namespace Brink.Graphs;

/// <summary>The choice of a graph's parameters.</summary>
/// <param name="Matching">Pattern of the names that are parameters, with * and ?; null for the default rule.</param>
/// <param name="Frozen">Pattern of the names that are no parameters; null for none.</param>
/// <param name="Ties">True if constants that are equal, up to a transposition, are one parameter.</param>
public sealed record ParameterSelection(string? Matching = null, string? Frozen = null, bool Ties = false)
{
    /// <summary>The default rule.</summary>
    public static readonly ParameterSelection Default = new();
}
