namespace Brink.Lab;

/// <summary>Progress of a study.</summary>
/// <param name="Phase">Current part of the study.</param>
/// <param name="Done">Steps, or parts of the whole, that are done. A decrease means that another phase with a length of its own
/// has begun.</param>
/// <param name="Total">The value of <paramref name="Done"/> at the end; null where it is not known.</param>
/// <param name="Values">Current figures, by name.</param>
public sealed record StudyProgress(string Phase, double Done, double? Total, params IReadOnlyList<(string Name, double Value)> Values)
{
    /// <summary>Unit of <see cref="Done"/>.</summary>
    public string Unit { get; init; } = "step";
}
