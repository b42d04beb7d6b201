using Brink.Optimizers.SaddleEscape;

namespace Brink.Lab;

/// <summary>Results of an escape study.</summary>
/// <param name="Results">Results by method.</param>
/// <param name="Traces">One run at one accuracy of each first- or second-order method, except those under bounded
/// variance.</param>
/// <param name="ShownEpsilon">Accuracy of the traces.</param>
/// <param name="Constants">Constants of the problem at that accuracy.</param>
/// <param name="Runs">Number of all runs.</param>
/// <param name="Interrupted">True where methods are missing after an interruption.</param>
internal sealed record EscapeReport(
    IReadOnlyList<EscapeResult> Results,
    IReadOnlyList<EscapeTrace> Traces,
    double ShownEpsilon,
    ProblemConstants Constants,
    int Runs,
    bool Interrupted);
