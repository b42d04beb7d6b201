using System.Globalization;

namespace Brink.Reports;

/// <summary>The part of an axis that is drawn; an end that is null is that of the data.</summary>
public sealed record AxisRange(double? From, double? To)
{
    /// <summary>Parses FROM:TO, FROM: or :TO.</summary>
    /// <exception cref="FormatException">The text is not a range.</exception>
    public static AxisRange Parse(string text)
    {
        var ends = text.Split(':');
        if (ends.Length == 2 && TryEnd(ends[0], out var from) && TryEnd(ends[1], out var to) && (from ?? to) is not null && !(from >= to))
            return new(from, to);
        throw new FormatException($"'{text}' is not a range; write FROM:TO, FROM: or :TO with FROM below TO, such as 100:400");
    }

    private static bool TryEnd(string text, out double? end)
    {
        end = null;
        if (text.Length == 0) return true;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            return false;
        end = number;
        return true;
    }
}
