using Brink.Cli;
using Brink.Distributed;

// A server is to be small and to start at once, and computes nothing.
if (args is not ["serve", ..]) YoungGeneration.Enlarge(args);
// The code that starts a thread cannot catch an exception on that thread.
AppDomain.CurrentDomain.UnhandledException += (_, failed) => Environment.Exit(Failure.Report((Exception)failed.ExceptionObject));
try
{
    return Communicator.TryJoin() is { } ranks ? RankAnswer.To(args, ranks) : Answer.To(args);
}
catch (PlatformNotSupportedException e)
{
    return Answer.Error(e.Message, Answer.Failed);
}
