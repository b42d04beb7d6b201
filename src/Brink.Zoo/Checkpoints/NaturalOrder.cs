using System.Text.RegularExpressions;

namespace Brink.Zoo.Checkpoints;

/// <summary>The order of names in which numbers count as numbers: 9 comes before 10.</summary>
public sealed partial class NaturalOrder : IComparer<string?>
{
    // More digits than any step or layer has.
    private const int Width = 20;

    private NaturalOrder()
    {
    }

    /// <summary>The order.</summary>
    public static NaturalOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y) => string.CompareOrdinal(Key(x), Key(y));

    private static string? Key(string? name) => name is null ? null : Digits().Replace(name, number => number.Value.PadLeft(Width, '0'));

    [GeneratedRegex("[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}
