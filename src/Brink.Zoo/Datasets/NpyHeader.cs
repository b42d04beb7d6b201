using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Brink.Zoo.Datasets;

/// <summary>What the header of a .npy file promises, before memory is asked for: 0x93 NUMPY, two bytes of version, the
/// header's length (2 bytes; 4 from version 2.0 on), and a Python dictionary with descr and shape.</summary>
internal static partial class NpyHeader
{
    private const int Longest = 10_000;   // NumPy's own bound

    /// <exception cref="InvalidDataException">It promises more than the bytes that there are.</exception>
    /// <param name="file">At its start; a file that is no such file is left to its reader.</param>
    /// <param name="length">Of the file.</param>
    public static void Check(Stream file, long length)
    {
        var start = new byte[12];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length) return;
        var header = new byte[Longest];
        var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        // Of version 1.0 the text begins two bytes earlier.
        var text = Encoding.Latin1.GetString([.. start[10..], .. header[..read]]);
        text = text[..(text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? end : text.Length)];
        var element = Element().Matches(text).Select(match => Number(match.Groups[1].Value)).DefaultIfEmpty(1).Max();
        foreach (Match shape in Shape().Matches(text))
        {
            var elements = WholeNumber().Matches(shape.Groups[1].Value)
                .Aggregate(BigInteger.One, (product, size) => product * Number(size.Value));
            if (elements * element > length)
            {
                throw new InvalidDataException(
                    $"truncated or damaged: its header promises ({shape.Groups[1].Value.Trim()}), and there are {length:N0} bytes");
            }
        }
    }

    private static BigInteger Number(string digits) => BigInteger.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex("""["']shape["']\s*:\s*[(\[]([^)\]]{0,2000})""")]
    private static partial Regex Shape();

    [GeneratedRegex("""["']descr["']\s*:\s*["'][^"'0-9]{0,3}([0-9]{1,9})""")]
    private static partial Regex Element();

    [GeneratedRegex("[0-9]{1,400}")]
    private static partial Regex WholeNumber();
}
