using System.Globalization;

namespace Brink.Lab;

/// <summary>A setting that differs between the points of a sweep.</summary>
/// <param name="Path">Path of the setting, such as data.samples.</param>
/// <param name="Values">Its values in a grid, as YAML in one line; none for a range in a random search.</param>
/// <param name="Range">The range that the values are from; null for a list.</param>
public sealed record SweepAxis(string Path, IReadOnlyList<string> Values, SweepRange? Range)
{
    /// <summary>Returns the value at a share of the axis.</summary>
    /// <param name="share">At least 0 and below 1.</param>
    internal string At(double share) => Range?.At(share) ?? Values[(int)(share * Values.Count)];
}

/// <summary>A range of numbers.</summary>
/// <param name="From">Value at share 0.</param>
/// <param name="To">Value at share 1.</param>
/// <param name="IsLogarithmic">True if equal differences of the share multiply the value by equal factors.</param>
/// <param name="IsWhole">True if values are rounded to whole numbers.</param>
public sealed record SweepRange(double From, double To, bool IsLogarithmic, bool IsWhole)
{
    // Digits of a value inside the range: enough for a setting, and readable. Sums such as 0.1 + 0.2 are rounded to 0.3.
    private const string LogarithmicFormat = "G6", LinearFormat = "G12";

    /// <summary>Returns the value at a share of the range, as YAML.</summary>
    /// <param name="share">From 0 to 1.</param>
    internal string At(double share)
    {
        var value = share switch
        {
            0 => From,
            1 => To,
            _ when IsLogarithmic => From * Math.Pow(To / From, share),
            _ => From + (share * (To - From)),
        };
        if (IsWhole) return Math.Round(value).ToString("F0", CultureInfo.InvariantCulture);
        var format = share is 0 or 1 ? "R" : IsLogarithmic ? LogarithmicFormat : LinearFormat;
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
