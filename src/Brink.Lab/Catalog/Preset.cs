namespace Brink.Lab;

/// <summary>A named experiment.</summary>
public sealed record Preset(string Name, string Summary, Cost Cost, Experiment Experiment);
