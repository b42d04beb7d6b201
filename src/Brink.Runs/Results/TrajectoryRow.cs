namespace Brink.Runs;

/// <summary>A trajectory that a run at the edge of stability recorded.</summary>
/// <param name="Name">The process of its series in the run store.</param>
/// <param name="Title">Its name in figures.</param>
public sealed record TrajectoryRow(string Name, string Title);
