namespace Brink.Graphs.Export;

/// <summary>A value, under all names that the file has for it after writes in place.</summary>
/// <param name="name">Its first name.</param>
/// <param name="constant">The constant that it is, or null.</param>
/// <param name="memory">The values that may share its memory.</param>
internal sealed class SharedValue(string name, GraphConstant? constant, List<SharedValue> memory)
{
    /// <summary>Name of the result that the names now refer to.</summary>
    public string Current { get; set; } = name;

    /// <summary>Number of the last node that refers to the value.</summary>
    public int LastUse { get; set; } = -1;

    /// <summary>The constant that it is before any write, or null.</summary>
    public GraphConstant? Constant => constant;

    /// <summary>The values that may share its memory, itself among them.</summary>
    public List<SharedValue> Memory => memory;
}
