using System.Runtime.Intrinsics;

namespace Brink.Landscapes;

/// <summary>Late iterates of a family of maps over a range of its parameter.</summary>
/// <param name="Parameters">Evenly spaced parameters [n], from one end of the range to the other.</param>
/// <param name="Iterates">The late iterates [n][m], in order; not finite where they escape.</param>
/// <param name="Periods">Periods [n] of the cycles that the iterates reach; 0 where there is no cycle.</param>
/// <param name="Exponents">Lyapunov exponents [n], the mean of ln |f'| over the late iterates: below 0 on a stable cycle, above
/// 0 where neighbours diverge; NaN where the iterates escape.</param>
public sealed record BifurcationDiagram(
    IReadOnlyList<double> Parameters,
    IReadOnlyList<double[]> Iterates,
    IReadOnlyList<int> Periods,
    IReadOnlyList<double> Exponents)
{
    // Four vectors at a time: each step depends on the last one of its vector, and the other vectors hide the latency.
    private const int VectorsPerBlock = 4;
    private static readonly int Lanes = Vector512<double>.Count;

    // Number of slopes that are multiplied before their logarithm is taken.
    private const int SlopesPerLogarithm = 16;

    /// <summary>Iterates the maps of a family, at all parameters in parallel.</summary>
    /// <param name="family">Family of maps.</param>
    /// <param name="spec">Range of the parameter, and numbers of iterates.</param>
    /// <exception cref="ArgumentException">The range is empty or infinite, or a number is too small.</exception>
    public static BifurcationDiagram Of<TFamily>(TFamily family, BifurcationSpec spec)
        where TFamily : struct, IMapFamily
    {
        spec.Check(nameof(spec));
        var parameters = Enumerable.Range(0, spec.Parameters)
            .Select(i => spec.Parameters == 1
                ? spec.From : spec.From + (i * (spec.To - spec.From) / (spec.Parameters - 1)))
            .ToArray();
        var (iterates, exponents) = (new double[parameters.Length][], new double[parameters.Length]);
        for (var i = 0; i < iterates.Length; i++) iterates[i] = new double[spec.Iterates];
        var block = Lanes * VectorsPerBlock;
        Parallel.For(0, (parameters.Length + block - 1) / block, i =>
            Block(family, spec, parameters, i * block, iterates, exponents));
        var periods = new int[parameters.Length];
        Parallel.For(0, periods.Length, i => periods[i] = Period(iterates[i], spec));
        return new(parameters, iterates, periods, exponents);
    }

    private static void Block<TFamily>(
        TFamily family, BifurcationSpec spec, double[] parameters, int from, double[][] iterates, double[] exponents)
        where TFamily : struct, IMapFamily
    {
        // The last block repeats the last parameter.
        Span<double> values = stackalloc double[Lanes * VectorsPerBlock];
        for (var i = 0; i < values.Length; i++) values[i] = parameters[Math.Min(from + i, parameters.Length - 1)];
        var (p0, p1, p2, p3) = (
            Vector512.Create<double>(values),
            Vector512.Create<double>(values[Lanes..]),
            Vector512.Create<double>(values[(2 * Lanes)..]),
            Vector512.Create<double>(values[(3 * Lanes)..]));
        var x0 = Vector512.Create(spec.Start);
        var (x1, x2, x3) = (x0, x0, x0);
        for (var n = 0; n < spec.WarmUp; n++)
        {
            x0 = family.Next(x0, p0);
            x1 = family.Next(x1, p1);
            x2 = family.Next(x2, p2);
            x3 = family.Next(x3, p3);
        }
        RecordIterates(family, x0, p0, from, iterates, exponents);
        RecordIterates(family, x1, p1, from + Lanes, iterates, exponents);
        RecordIterates(family, x2, p2, from + (2 * Lanes), iterates, exponents);
        RecordIterates(family, x3, p3, from + (3 * Lanes), iterates, exponents);
    }

    private static void RecordIterates<TFamily>(
        TFamily family, Vector512<double> x, Vector512<double> parameter, int from, double[][] iterates, double[] exponents)
        where TFamily : struct, IMapFamily
    {
        var lanes = Math.Min(Lanes, iterates.Length - from);
        if (lanes <= 0) return;
        var (slopes, logarithms, count) = (Vector512<double>.One, Vector512<double>.Zero, iterates[0].Length);
        for (var n = 0; n < count; n++)
        {
            for (var lane = 0; lane < lanes; lane++) iterates[from + lane][n] = x[lane];
            slopes *= family.Slope(x, parameter);
            x = family.Next(x, parameter);
            if (n % SlopesPerLogarithm != SlopesPerLogarithm - 1 && n != count - 1) continue;
            logarithms += Vector512.Log(Vector512.Abs(slopes));
            slopes = Vector512<double>.One;
        }
        for (var lane = 0; lane < lanes; lane++)
            exponents[from + lane] = double.IsFinite(x[lane]) ? logarithms[lane] / count : double.NaN;
    }

    private static int Period(double[] iterates, BifurcationSpec spec)
    {
        for (var period = 1; period <= spec.MaxPeriod && 2 * period <= iterates.Length; period++)
        {
            var n = period;
            while (n < iterates.Length && Math.Abs(iterates[n] - iterates[n - period]) <= spec.Tolerance) n++;
            if (n == iterates.Length) return period;
        }
        return 0;
    }
}

/// <summary>Specification of a bifurcation diagram.</summary>
/// <param name="From">Least parameter.</param>
/// <param name="To">Largest parameter, above From.</param>
/// <param name="Parameters">Number of parameters.</param>
/// <param name="Start">x of the first iterate, for every parameter.</param>
/// <param name="WarmUp">Number of iterates that are dropped.</param>
/// <param name="Iterates">Number of iterates that are kept.</param>
/// <param name="MaxPeriod">Longest period to detect; periods above half the kept iterates are not detected.</param>
/// <param name="Tolerance">Largest distance of an iterate from the one a period before.</param>
public sealed record BifurcationSpec(
    double From,
    double To,
    int Parameters = 4000,
    double Start = 0.9,
    int WarmUp = 10_000,
    int Iterates = 1000,
    int MaxPeriod = 64,
    double Tolerance = 1e-7)
{
    internal void Check(string name)
    {
        if (!(From < To) || !double.IsFinite(To - From))
            throw new ArgumentException($"the range of the parameter is empty or infinite: from {From} to {To}", name);
        if (Parameters < 1 || WarmUp < 0 || Iterates < 2)
            throw new ArgumentException(
                $"there are {Parameters} parameters, {WarmUp} warm-up steps and {Iterates} iterates; at least 1, 0 and 2 are needed", name);
    }
}
