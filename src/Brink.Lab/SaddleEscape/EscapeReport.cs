using Brink.Optimizers.SaddleEscape;

namespace Brink.Lab;

/// <summary>What an escape study found.</summary>
/// <param name="Results">Of each method.</param>
/// <param name="Traces">One run of each at one accuracy.</param>
/// <param name="ShownEpsilon">That accuracy.</param>
/// <param name="Constants">Of the problem there.</param>
/// <param name="Runs">In all.</param>
/// <param name="Interrupted">Whether methods are missing for that reason.</param>
public sealed record EscapeReport(
    IReadOnlyList<EscapeResult> Results,
    IReadOnlyList<EscapeTrace> Traces,
    double ShownEpsilon,
    ProblemConstants Constants,
    int Runs,
    bool Interrupted);
