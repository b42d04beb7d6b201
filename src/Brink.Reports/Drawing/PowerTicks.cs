using ScottPlot;
using ScottPlot.TickGenerators;

namespace Brink.Reports;

/// <summary>Ticks of a logarithmic axis, whose places are exponents of ten: at whole powers; within two decades at 1, 2 and 5
/// times them; within less at round values.</summary>
internal static class PowerTicks
{
    private const int Fewest = 3;

    public static ITickGenerator In(CoordinateRange exponents, AxisScale scale)
    {
        if (exponents.Length > 2)
        {
            return new NumericAutomatic
            {
                MinorTickGenerator = new LogMinorTickGenerator(),
                IntegerTicksOnly = true,
                LabelFormatter = scale.Label,
            };
        }
        var ticks = new NumericManual();
        var labelled = 0;
        for (var decade = Math.Floor(exponents.Min); decade <= exponents.Max; decade++)
        {
            for (var n = 1; n < 10; n++)
            {
                var place = decade + Math.Log10(n);
                if (place < exponents.Min || place > exponents.Max) continue;
                if (n is not (1 or 2 or 5)) ticks.AddMinor(place);
                else
                {
                    ticks.AddMajor(place, scale.Label(place));
                    labelled++;
                }
            }
        }
        return labelled < Fewest ? RoundValues(exponents, scale) : ticks;
    }

    private static NumericManual RoundValues(CoordinateRange exponents, AxisScale scale)
    {
        var ticks = new NumericManual();
        var decade = Math.Floor(exponents.Min);
        var (low, high) = (Math.Pow(10, exponents.Min - decade), Math.Pow(10, exponents.Max - decade));
        var rough = (high - low) / 5;
        var size = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1, 2, 5, 10 }.Select(n => n * size).First(one => one >= rough);
        for (var n = Math.Ceiling(low / step); n * step <= high; n++)
        {
            var place = decade + Math.Log10(n * step);
            ticks.AddMajor(place, scale.Label(place));
        }
        return ticks;
    }
}
