namespace Brink.Graphs;

/// <summary>The role that a file states for a constant.</summary>
public enum ConstantRole
{
    /// <summary>The file does not distinguish parameters from other constants.</summary>
    Unstated,

    /// <summary>The file declares it a parameter.</summary>
    Parameter,

    /// <summary>The file declares it a buffer or a constant, or it is an operator's own constant.</summary>
    Fixed,
}
