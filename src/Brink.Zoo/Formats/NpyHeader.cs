using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Brink.Zoo.Formats;

/// <summary>Checks the header of a .npy file before memory is allocated. It is 0x93 NUMPY, two bytes of version, the header's
/// length (2 bytes; 4 from version 2.0 on), and a Python dictionary with descr and shape.</summary>
internal static class NpyHeader
{
    private static readonly Regex
        Shape = Linear("""["']shape["']\s*:\s*[(\[]([^)\]]*)"""),
        Element = Linear("""["']descr["']\s*:\s*["'][^"'0-9]*([0-9]+)"""),
        WholeNumber = Linear("[0-9]+");

    private const int Longest = 10_000;   // NumPy's own bound

    /// <exception cref="InvalidDataException">The header promises more bytes than the file has.</exception>
    /// <param name="file">The file, at its start; if it is not a .npy file, its reader reports that.</param>
    /// <param name="length">Length of the file in bytes.</param>
    public static void Check(Stream file, long length)
    {
        var start = new byte[12];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length) return;
        var wide = start[6] > 1;   // the major version
        var headerLength = wide
            ? BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8))
            : BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8));
        var rest = new byte[Math.Min(headerLength, Longest)];
        var read = file.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        // In version 1.0 the text begins two bytes earlier.
        var text = Encoding.Latin1.GetString([.. start[(wide ? 12 : 10)..], .. rest[..read]]);
        var element = Element.Matches(text).Select(match => Number(match.Groups[1].Value)).DefaultIfEmpty(1).Max();
        foreach (Match shape in Shape.Matches(text))
        {
            var elements = WholeNumber.Matches(shape.Groups[1].Value)
                .Aggregate(BigInteger.One, (product, size) => product * Number(size.Value));
            if (elements * element > length)
            {
                throw new InvalidDataException(
                    $"truncated or damaged: the header states the shape ({shape.Groups[1].Value.Trim()}), "
                        + $"and the file has {length:N0} bytes");
            }
        }
    }

    /// <summary>Returns an expression that matches in time proportional to the length of any text.</summary>
    private static Regex Linear(string pattern) => new(pattern, RegexOptions.NonBacktracking);

    private static BigInteger Number(string digits) => BigInteger.Parse(digits, CultureInfo.InvariantCulture);
}
