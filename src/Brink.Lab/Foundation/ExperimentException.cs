using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>Thrown where an experiment is invalid: the message states place and reason in one line.</summary>
public sealed class ExperimentException : Exception
{
    /// <summary>Creates an exception with the default message.</summary>
    public ExperimentException()
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">Place and reason; it is shortened to one line.</param>
    public ExperimentException(string message)
        : base(Quoted.OneLine(message))
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    /// <param name="message">Place and reason; it is shortened to one line.</param>
    /// <param name="inner">Exception that caused this one.</param>
    public ExperimentException(string message, Exception inner)
        : base(Quoted.OneLine(message), inner)
    {
    }
}
