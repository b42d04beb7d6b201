namespace Brink.Graphs.Onnx;

/// <summary>Refusals of files that contradict the format.</summary>
internal static class Damage
{
    /// <summary>Returns the exception for a damaged part of a file.</summary>
    /// <param name="where">File and part.</param>
    /// <param name="what">What is wrong, as a clause.</param>
    public static GraphException In(string where, string what) => new($"{where}: damaged: {what}; export the model again");
}
