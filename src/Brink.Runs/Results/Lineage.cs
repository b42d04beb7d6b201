namespace Brink.Runs;

/// <summary>The origin of a branch.</summary>
/// <param name="Name">Name of the parent.</param>
/// <param name="Folder">Folder of the parent at that time.</param>
/// <param name="Started">Time at which the parent started, in UTC: with the name, it identifies the parent.</param>
/// <param name="Step">Step of the state that both share.</param>
/// <param name="Settings">Settings of the branch that differ, as path=value; none for a control branch.</param>
public sealed record Lineage(string? Name, string Folder, DateTimeOffset? Started, long Step, IReadOnlyList<string> Settings);
