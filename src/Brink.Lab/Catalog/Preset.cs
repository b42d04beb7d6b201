namespace Brink.Lab;

/// <summary>A named study of any kind.</summary>
public sealed record Preset(string Name, string Summary, Cost Cost, Study Study)
{
    /// <exception cref="InvalidCastException">The study is of another kind.</exception>
    public Experiment Experiment => (Experiment)Study;
}
