namespace Brink.Runs;

/// <summary>The end of a run.</summary>
/// <param name="Folder">Full path of the run's folder.</param>
/// <param name="Status">Status in which the run ended.</param>
/// <param name="Message">Reason for the status, in one line.</param>
/// <param name="Seconds">Duration in seconds, over all processes that computed the run.</param>
public sealed record RunSummary(string Folder, RunStatus Status, string Message, double Seconds);
