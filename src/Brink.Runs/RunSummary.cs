namespace Brink.Runs;

public sealed record RunSummary(string Folder, RunStatus Status, string Message, double Seconds);
