namespace Brink.Spectra;

/// <summary>What the Gauss rules of several probes say of a spectrum.</summary>
/// <param name="Rules">One for each probe.</param>
/// <param name="Dimension">p.</param>
/// <param name="Products">Products that they took.</param>
public sealed record SpectralQuadrature(IReadOnlyList<GaussRule> Rules, long Dimension, int Products)
{
    /// <summary>Relative to the largest magnitude: eigenvalues below it count as zero.</summary>
    public const double NullCut = 1e-6;

    /// <summary>tr f(A), with its error over the probes.</summary>
    public TraceEstimate TraceOf(Func<double, double> f) =>
        TraceEstimate.Mean([.. Rules.Select(rule => Dimension * rule.Mean(f))], Products);

    /// <summary>tr A.</summary>
    public TraceEstimate Trace => TraceOf(value => value);

    /// <summary>tr A^2 = ||A||_F^2.</summary>
    public TraceEstimate TraceOfSquare => TraceOf(value => value * value);

    /// <summary>(tr A)^2 / tr A^2: how many equal eigenvalues would have this trace and this norm. Meant for
    /// A without negative curvature: where signs cancel it is small whatever the rank.</summary>
    public double ParticipationRank => Math.Pow(Trace.Value, 2) / TraceOfSquare.Value;

    /// <summary>tr |A| / max |lambda|: how many eigenvalues of the largest magnitude would weigh as much as
    /// all.</summary>
    public double IntrinsicRank => TraceOf(Math.Abs).Value / LargestMagnitude;

    /// <summary>max |lambda|, a lower bound, and close after a few tens of steps.</summary>
    public double LargestMagnitude => Nodes.Any(double.IsNaN) ? double.NaN : Nodes.Max(Math.Abs);

    /// <summary>Whether every probe's space became invariant: then nodes are eigenvalues, and no eigenvalue
    /// is missing.</summary>
    public bool IsExact => Rules.All(rule => rule.IsExact);

    /// <summary>Largest over smallest magnitude of the eigenvalues above cut times the largest: the condition
    /// number of A beside its null space. Exact where <see cref="IsExact"/>; else from nodes, which reach the
    /// smallest magnitudes last: below the truth as a rule, where A is definite always.</summary>
    /// <param name="cut">Relative to the largest magnitude, between 0 and 1: what is not above it counts as
    /// zero.</param>
    public double ConditionNumber(double cut)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cut, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cut, 1);
        var largest = LargestMagnitude;
        // Not finite, or nothing beside the null space.
        if (!double.IsFinite(largest) || largest == 0) return double.NaN;
        return largest / Nodes.Select(Math.Abs).Where(value => value > cut * largest).Min();
    }

    /// <summary>The density over a grid, its deltas widened to normal densities of this standard deviation:
    /// mean over the probes and its standard error. Its integral is 1.</summary>
    public DensityCurve Density(IReadOnlyList<double> grid, double width) =>
        Curve(grid, width, value => value);

    /// <summary>The density of log10 |lambda| over the negative or the positive eigenvalues, in decades, so
    /// that outliers and bulk are on one picture. The two integrals sum to 1 less the share of eigenvalues
    /// that are exactly 0; those which are 0 but for rounding lie some 16 decades below the
    /// largest.</summary>
    /// <param name="grid">Of log10 |lambda|.</param>
    /// <param name="width">In decades.</param>
    /// <param name="negative">Which sign.</param>
    public DensityCurve LogDensity(IReadOnlyList<double> grid, double width, bool negative) =>
        Curve(grid, width, value => value < 0 == negative && value != 0 ? Math.Log10(Math.Abs(value)) : null);

    private IEnumerable<double> Nodes => Rules.SelectMany(rule => rule.Nodes);

    private DensityCurve Curve(IReadOnlyList<double> grid, double width, Func<double, double?> place)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var points = grid.Select(At).ToArray();
        return new(grid, [.. points.Select(point => point.Value)], [.. points.Select(point => point.StandardError)]);

        TraceEstimate At(double x) => TraceEstimate.Mean([.. Rules.Select(rule => rule.Mean(value => Bump(x, value)))], Products);

        double Bump(double x, double value) => place(value) is not { } at ? 0
            : Math.Exp(-Math.Pow((x - at) / width, 2) / 2) / (width * Math.Sqrt(2 * Math.PI));
    }
}

/// <param name="Grid">[n].</param>
/// <param name="Mean">Density [n], per unit of the grid.</param>
/// <param name="StandardError">Of the mean over the probes [n]; NaN for a single probe.</param>
public sealed record DensityCurve(IReadOnlyList<double> Grid, IReadOnlyList<double> Mean, IReadOnlyList<double> StandardError);
