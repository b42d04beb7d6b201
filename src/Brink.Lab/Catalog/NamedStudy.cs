namespace Brink.Lab;

/// <summary>A study by its name, whatever its kind.</summary>
public sealed record NamedStudy(string Name, string Summary, Cost Cost, Study Study);
