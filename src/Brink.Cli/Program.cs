using Brink.Cli;

YoungGeneration.Enlarge(args);
// The code that starts a thread cannot catch an exception on that thread.
AppDomain.CurrentDomain.UnhandledException += (_, failed) => Environment.Exit(Failure.Report((Exception)failed.ExceptionObject));
return Answer.To(args);
