namespace Brink.Reports;

/// <summary>What the x axes of a figure need to know of a run: a step s is at the time eta s of the gradient flow, and at the
/// seconds of the clock.</summary>
/// <param name="Id">Name of the folder of the run.</param>
/// <param name="Label">Label of the run.</param>
/// <param name="LearningRate">Learning rate eta; null if the run has none, or several.</param>
/// <param name="Steps">Steps at which the run was committed.</param>
/// <param name="Seconds">Seconds that the run had taken at these steps.</param>
public sealed record RunTimes(
    string Id, string Label, double? LearningRate, IReadOnlyList<double> Steps, IReadOnlyList<double> Seconds);
