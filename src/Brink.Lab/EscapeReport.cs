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

/// <param name="Method">psgd, psgd-rest, sgd, scrn, cubic-newton, zpsgd or zscrn.</param>
/// <param name="Condition">strong-growth, bounded-variance or noiseless.</param>
/// <param name="Against">1/eps or dimension.</param>
/// <param name="Slope">Of the median calls.</param>
/// <param name="Theory">The exponent of the theory, null where there is none.</param>
/// <param name="Points">In the order of growing x.</param>
public sealed record EscapeResult(
    string Method, string Condition, string Against, LogLogSlope Slope, double? Theory, IReadOnlyList<EscapePoint> Points);

/// <param name="X">1/eps or the dimension.</param>
/// <param name="Calls">Of each seed; +infinity where no certificate came.</param>
public sealed record EscapePoint(double X, IReadOnlyList<double> Calls);

/// <param name="Process">Method and condition.</param>
/// <param name="Moments">From the saddle to the certificate.</param>
public sealed record EscapeTrace(string Process, IReadOnlyList<EscapeMoment> Moments);

/// <param name="Step">Steps made.</param>
/// <param name="Calls">Oracle calls made.</param>
/// <param name="Loss">f.</param>
/// <param name="First">First coordinate.</param>
/// <param name="Second">Second coordinate.</param>
/// <param name="Growth">rho there, where it was asked for.</param>
public sealed record EscapeMoment(long Step, long Calls, double Loss, double First, double Second, StrongGrowth? Growth);
