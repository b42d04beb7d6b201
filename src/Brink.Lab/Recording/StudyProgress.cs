namespace Brink.Lab;

/// <summary>How far a study is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">Steps, or parts of the whole, that are done. Where it becomes smaller, another phase with a length of its own
/// has begun.</param>
/// <param name="Of">The whole; null where it is not known.</param>
/// <param name="Values">Numbers of interest at present, by name.</param>
public sealed record StudyProgress(string Phase, double Done, double? Of, params IReadOnlyList<(string Name, double Value)> Values)
{
    /// <summary>One of what is done.</summary>
    public string Unit { get; init; } = "step";
}
