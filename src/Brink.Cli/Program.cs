using Brink.Cli;

// An exception on a thread of its own cannot be caught by what started the thread.
AppDomain.CurrentDomain.UnhandledException += (_, failed) => Environment.Exit(Failure.Tell((Exception)failed.ExceptionObject));
return Answer.To(args);
