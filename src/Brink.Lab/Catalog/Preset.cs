namespace Brink.Lab;

/// <summary>A study by its name, whatever its kind.</summary>
public sealed record Preset(string Name, string Summary, Cost Cost, Study Study)
{
    /// <exception cref="InvalidCastException">The study is of another kind.</exception>
    public Experiment Experiment => (Experiment)Study;
}
