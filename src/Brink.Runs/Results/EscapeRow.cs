namespace Brink.Runs;

/// <summary>The oracle calls of one method of an escape study, and the law that they follow.</summary>
/// <param name="Method">psgd, psgd-rest, sgd, scrn, cubic-newton, zpsgd or zscrn.</param>
/// <param name="Condition">strong-growth, bounded-variance or noiseless.</param>
/// <param name="Against">1/eps or dimension.</param>
/// <param name="Slope">Slope of the median calls over the abscissa, both logarithmic; null if it cannot be fitted.</param>
/// <param name="Low">Lower end of the 95 % interval of the slope.</param>
/// <param name="High">Upper end of the 95 % interval of the slope.</param>
/// <param name="Theory">Exponent of the theory; null if the theory gives no exponent.</param>
/// <param name="Certified">Runs that ended at a certified minimizer.</param>
/// <param name="Runs">Number of all runs.</param>
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
    /// <summary>Returns the process of the method under the condition in the run store.</summary>
    public string Process() => $"{Method}-{Condition}";
}

/// <param name="X">1/eps or the dimension.</param>
/// <param name="Calls">Oracle calls of each seed; +infinity if no point was certified.</param>
public sealed record EscapePoint(double X, IReadOnlyList<double> Calls);
