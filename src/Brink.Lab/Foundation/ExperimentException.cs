using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>Thrown where an experiment is invalid: the message states place and reason in one line.</summary>
public sealed class ExperimentException : Exception
{
    public ExperimentException()
    {
    }

    public ExperimentException(string message)
        : base(Quoted.OneLine(message))
    {
    }

    public ExperimentException(string message, Exception inner)
        : base(Quoted.OneLine(message), inner)
    {
    }
}
