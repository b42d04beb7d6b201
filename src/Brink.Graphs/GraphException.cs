namespace Brink.Graphs;

/// <summary>The exception for a model file that cannot be used: it is damaged, or needs what Brink does not have. The message is
/// one line that says what, where and what to do.</summary>
public sealed class GraphException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public GraphException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public GraphException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    public GraphException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
