using System.Reflection;
using System.Runtime.InteropServices;
using Brink.Lab;
using Brink.Native;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>Reports an exception to the user: one line on stderr and an exit code. With BRINK_TRACE=1 the stack trace precedes the
/// line.</summary>
internal static class Failure
{
    private const string TraceVariable = "BRINK_TRACE";

    /// <summary>Prints the line.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception thrown)
    {
        if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } and not "0") Console.Error.WriteLine(thrown);
        var cause = Cause(thrown);
        return cause switch
        {
            ExperimentException or RunStoreException or InputException => Answer.Error(cause.Message, Answer.WrongInput),
            ExternalException e when AllocationFailure.Is(e) => OutOfMemory(e),
            OutOfMemoryException => OutOfMemory(cause),
            IOException or UnauthorizedAccessException or NativeLibraryException or ExternalException =>
                Answer.Error(cause.Message, Answer.Failed),
            _ => Answer.Error(
                $"unexpected {cause.GetType().FullName}: {cause.Message}; this is a bug in Brink; set {TraceVariable}=1 to see where it"
                    + " occurs",
                Answer.Failed),
        };
    }

    private static int OutOfMemory(Exception e) =>
        Answer.Error($"out of memory: reduce micro_batch or expansion_budget_mb; {e.Message.Split('\n')[0]}", Answer.Failed);

    /// <summary>Unwraps an exception of reflection, a task or a static constructor.</summary>
    private static Exception Cause(Exception thrown) =>
        thrown is TargetInvocationException or AggregateException or TypeInitializationException && thrown.InnerException is { } inner
            ? Cause(inner)
            : thrown;
}
