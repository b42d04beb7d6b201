using System.Text;

namespace Brink.Runs;

/// <summary>A digest of 64 bits of a row. The digests of several rows are added, so that their order does not matter and a
/// row can be subtracted again.</summary>
internal static class RowDigest
{
    public static ulong OfPoint(long step, double value) => Mixed(Mixed((ulong)step) ^ Bits(value));

    public static ulong OfCurvePoint(long i, double x, double y) => Mixed(Mixed(Mixed((ulong)i) ^ Bits(x)) ^ Bits(y));

    public static ulong OfEvent(long step, string kind, string message) =>
        Mixed(Mixed((ulong)step) ^ OfBytes(Encoding.UTF8.GetBytes($"{kind}\0{message}")));

    public static ulong OfRaster(Raster raster, ReadOnlySpan<byte> cells)
    {
        var digest = OfBytes(cells);
        foreach (var edge in new[] { raster.Columns, raster.Rows, raster.X.From, raster.X.To, raster.Y.From, raster.Y.To })
            digest = Mixed(digest ^ Bits(edge));
        return digest;
    }

    private static ulong OfBytes(ReadOnlySpan<byte> bytes)
    {
        // FNV-1a: the result depends on each byte and on its position.
        var digest = 14695981039346656037UL;
        foreach (var one in bytes) digest = (digest ^ one) * 1099511628211UL;
        return Mixed(digest);
    }

    /// <summary>Returns the bits of a value without the sign of zero and the kind of NaN, which the store does not keep.</summary>
    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(
        double.IsNaN(value) ? double.NaN : value == 0 ? 0 : value);

    /// <summary>The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the result depends on every bit of the
    /// argument.</summary>
    private static ulong Mixed(ulong bits)
    {
        bits += 0x9e3779b97f4a7c15UL;
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9UL;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebUL;
        return bits ^ (bits >> 31);
    }
}
