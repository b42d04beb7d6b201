using System.Runtime.Intrinsics;

namespace Brink.Landscapes;

/// <summary>The parameters at which cycles of a family of maps double their period, and the limit of these
/// parameters.</summary>
/// <param name="Doublings">Parameters at which the cycle of 1, 2, 4, ... loses its stability: the product of the slopes
/// along it is -1 there.</param>
/// <param name="Accumulation">Their limit, where chaos begins: extrapolated from the last three, whose distances shrink by a
/// constant ratio (Feigenbaum 1978).</param>
internal sealed record PeriodDoubling(IReadOnlyList<double> Doublings, double Accumulation)
{
    // Number of steps that follow a cycle through a window.
    private const int Steps = 200;

    private const int WarmUpSteps = 50_000;

    /// <param name="family">Family of maps.</param>
    /// <param name="from">A parameter at which the iterates settle on a fixed point.</param>
    /// <param name="to">A parameter beyond its first doubling.</param>
    /// <param name="start">x of the first iterate.</param>
    /// <param name="count">Number of doublings to find, at least 3.</param>
    /// <exception cref="ArgumentException">A cycle could not be followed to its doubling.</exception>
    public static PeriodDoubling Of<TFamily>(TFamily family, double from, double to, double start, int count = 7)
        where TFamily : struct, IMapFamily
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 3);
        var doublings = new List<double>();
        var (parameter, window) = (from, to - from);
        for (var period = 1; doublings.Count < count; period *= 2)
        {
            var x = start;
            for (var i = 0; i < WarmUpSteps; i++) x = Next(family, x, parameter);
            var doubling = NextDoubling(family, period, x, parameter, window)
                ?? throw new ArgumentException(
                    $"no cycle of period {period} loses its stability between {parameter} and {parameter + window}; "
                        + "choose another range",
                    nameof(to));
            // The next window is about 4.67 times shorter than the last one; the first doubling has no last window.
            window = doublings.Count == 0 ? to - doubling : doubling - doublings[^1];
            // Slightly inside the window the new cycle is stable, and not too close to the old one.
            parameter = doubling + (window / (doublings.Count == 0 ? 50 : 20));
            doublings.Add(doubling);
        }
        var (last, before) = (doublings[^1] - doublings[^2], doublings[^2] - doublings[^3]);
        return new(doublings, doublings[^1] + (last / ((before / last) - 1)));
    }

    /// <summary>Follows a cycle as the parameter grows, until the product of the slopes along it is -1; null if that is not
    /// found.</summary>
    private static double? NextDoubling<TFamily>(TFamily family, int period, double x, double parameter, double window)
        where TFamily : struct, IMapFamily
    {
        var step = window / Steps;
        for (var i = 0; i <= Steps; i++, parameter += step)
        {
            (x, var multiplier) = Refined(family, period, x, parameter);
            if (double.IsNaN(multiplier)) return null;
            if (multiplier > -1) continue;
            if (i == 0) return null;
            var (low, high) = (parameter - step, parameter);
            while (high - low > 1e-13 * Math.Abs(high))
            {
                var middle = (low + high) / 2;
                if (middle <= low || middle >= high) break;
                (x, multiplier) = Refined(family, period, x, middle);
                if (multiplier > -1) low = middle;
                else high = middle;
            }
            return (low + high) / 2;
        }
        return null;
    }

    /// <summary>Solves f^period(x) = x by Newton's method; returns x and the product of the slopes along the cycle.</summary>
    private static (double X, double Multiplier) Refined<TFamily>(TFamily family, int period, double x, double parameter)
        where TFamily : struct, IMapFamily
    {
        var multiplier = double.NaN;
        for (var round = 0; round < 50; round++)
        {
            var image = x;
            multiplier = 1;
            for (var i = 0; i < period; i++)
            {
                multiplier *= family.Slope(Vector512.Create(image), Vector512.Create(parameter))[0];
                image = Next(family, image, parameter);
            }
            var change = (image - x) / (1 - multiplier);
            x += change;
            if (!double.IsFinite(x)) return (x, double.NaN);
            if (Math.Abs(change) <= 1e-15 * Math.Max(1, Math.Abs(x))) break;
        }
        return (x, multiplier);
    }

    private static double Next<TFamily>(TFamily family, double x, double parameter)
        where TFamily : struct, IMapFamily =>
        family.Next(Vector512.Create(x), Vector512.Create(parameter))[0];
}
