using System.IO.Compression;
using ICSharpCode.SharpZipLib.Checksum;

namespace Brink.Zoo.Formats;

/// <summary>Checks that an entry of a zip archive agrees with the archive's directory, which .NET does not compare.</summary>
internal static class CheckedEntry
{
    private const int Block = 1 << 16;

    /// <summary>Reads the entry once, without keeping its content.</summary>
    /// <exception cref="InvalidDataException">The length or the checksum is wrong, or the entry needs more memory than is
    /// available.</exception>
    public static void Check(ZipArchiveEntry entry)
    {
        // The unpacked content may be a thousand times longer than the file.
        if (entry.Length > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            throw new InvalidDataException(
                $"unpacking {entry.CompressedLength:N0} bytes to {entry.Length:N0} needs more memory than is available");
        using var content = entry.Open();
        var (sum, block, length) = (new Crc32(), new byte[Math.Clamp(entry.Length, 1, Block)], 0L);
        for (int read; (read = content.Read(block)) > 0 && length <= entry.Length; length += read)
            sum.Update(new ArraySegment<byte>(block, 0, read));
        if (length != entry.Length)
            throw new InvalidDataException(
                $"damaged: the content does not have the {entry.Length:N0} bytes that the archive states");
        if (sum.Value != entry.Crc32) throw new InvalidDataException("damaged: the checksum is wrong");
    }

    /// <summary>Returns the bytes of the entry.</summary>
    /// <exception cref="InvalidDataException">See <see cref="Check"/>.</exception>
    public static byte[] Read(ZipArchiveEntry entry)
    {
        Check(entry);
        var bytes = new byte[entry.Length];
        using var content = entry.Open();
        content.ReadExactly(bytes);
        return bytes;
    }
}
