namespace Brink.Runs;

/// <summary>The oracle calls of one method of an escape study, and the law that they follow.</summary>
/// <param name="Method">psgd, psgd-rest, sgd, scrn, cubic-newton, zpsgd or zscrn.</param>
/// <param name="Condition">strong-growth, bounded-variance or noiseless.</param>
/// <param name="Against">1/eps or dimension.</param>
/// <param name="Slope">Of the median calls over the abscissa, both logarithmic; null where it cannot be fitted.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="Theory">The exponent of the theory; null where there is none.</param>
/// <param name="Certified">Runs that ended at a certified minimizer.</param>
/// <param name="Runs">All runs.</param>
/// <param name="Points">Calls of each seed by abscissa; null in runs of format 3.</param>
public sealed record EscapeRow(
    string Method,
    string Condition,
    string Against,
    double? Slope,
    double? Low,
    double? High,
    double? Theory,
    int Certified,
    int Runs,
    IReadOnlyList<EscapePoint>? Points = null)
{
    /// <summary>The process of a method under a condition in the run store.</summary>
    public string Process() => $"{Method}-{Condition}";
}

/// <param name="X">1/eps or the dimension.</param>
/// <param name="Calls">Of each seed; +infinity where no certificate came.</param>
public sealed record EscapePoint(double X, IReadOnlyList<double> Calls);
