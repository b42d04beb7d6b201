namespace Brink.Landscapes;

/// <summary>Values of kappa at which the behaviour of d changes, in the limit of small learning rates (docs/reference/papers.md), found
/// by iterating <see cref="CubicFamily"/>.</summary>
/// <param name="TwoCycle">kappa at which the minimum d = 1 loses its stability to a cycle of two: 1.</param>
/// <param name="FourCycle">kappa at which that cycle loses its stability to a cycle of four: 5^(1/2) - 1.</param>
/// <param name="Chaos">kappa at which the doublings accumulate.</param>
/// <param name="SignMixing">kappa from which on d changes its sign: 3 3^(1/2) / 2 - 1.</param>
/// <param name="Divergence">kappa from which on d escapes: 2.</param>
public sealed record BifurcationThresholds(double TwoCycle, double FourCycle, double Chaos, double SignMixing, double Divergence)
{
    /// <summary>The thresholds in ascending order.</summary>
    public IReadOnlyList<double> All => [TwoCycle, FourCycle, Chaos, SignMixing, Divergence];

    /// <summary>Computes the thresholds of <see cref="CubicFamily"/>. <see cref="SignMixing"/> and <see cref="Divergence"/> are NaN if
    /// no such change is found.</summary>
    public static BifurcationThresholds OfCubic()
    {
        var family = new CubicFamily();
        var cascade = PeriodDoubling.Of(family, from: 0.8, to: 1.3, start: 0.9);
        var beyond = new BifurcationSpec(1.35, 2.2);
        var mixing = AttractorChange.First(family, beyond, late => late.Any(d => d < 0));
        var escape = AttractorChange.First(family, beyond with { From = 1.7 }, late => !late.All(double.IsFinite));
        return new(cascade.Doublings[0], cascade.Doublings[1], cascade.Accumulation, mixing ?? double.NaN, escape ?? double.NaN);
    }
}
