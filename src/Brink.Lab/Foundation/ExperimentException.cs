using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>An experiment that cannot be: the message says where and why, in one line, whatever it quotes.</summary>
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
