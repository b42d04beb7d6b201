using ScottPlot;
using ScottPlot.TickGenerators;

namespace Brink.Reports;

/// <summary>Places values on an axis: on a logarithmic one by the exponent of ten of their magnitude, on another in a unit that
/// keeps very large and very small values within the range of the axis's own arithmetic.</summary>
/// <param name="Unit">1, or the power of ten below the largest magnitude.</param>
internal sealed record AxisScale(bool Log, double Unit)
{
    // The magnitudes that need no unit. A unit has at most 300 digits, so that dividing by it is exact enough.
    private const double Least = 1e-12, Largest = 1e12, MostDigits = 300;

    /// <summary>Returns the scale of the axis that holds the values.</summary>
    public static AxisScale Of(bool log, IEnumerable<double> values)
    {
        var largest = values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        var isUsual = largest is 0 or (> Least and < Largest);
        return new(log, log || isUsual ? 1 : Math.Pow(10, Math.Clamp(Math.Floor(Math.Log10(largest)), -MostDigits, MostDigits)));
    }

    /// <summary>Returns the place of a value; NaN, which is drawn as a gap, if it has none.</summary>
    public double At(double value)
    {
        var place = Log ? Math.Log10(Math.Abs(value)) : value / Unit;
        return double.IsFinite(place) ? place : double.NaN;
    }

    /// <summary>Returns the ticks of a range of places.</summary>
    public ITickGenerator Ticks(CoordinateRange places) =>
        Log ? PowerTicks.In(places, this) : Unit is 1 ? new NumericAutomatic() : new NumericAutomatic { LabelFormatter = Label };

    /// <summary>Returns the value at a place in digits; the value itself may be above the largest number.</summary>
    public string Label(double place)
    {
        if (Log)
        {
            return Math.Abs(place) > 4
                ? Digits(Math.Pow(10, place - Math.Floor(place)), Math.Floor(place))
                : FormattableString.Invariant($"{Math.Pow(10, place):g3}");
        }
        if (place == 0) return "0";
        var exponent = Math.Floor(Math.Log10(Math.Abs(place)));
        return Digits(place / Math.Pow(10, exponent), exponent + Math.Round(Math.Log10(Unit)));
    }

    private static string Digits(double value, double exponent) => FormattableString.Invariant($"{value:g3}e{exponent:0}");
}
