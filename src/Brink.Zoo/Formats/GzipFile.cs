using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;

namespace Brink.Zoo.Formats;

/// <summary>A file that may be compressed by gzip: .csv.gz, .bin.gz.</summary>
internal static class GzipFile
{
    private const int Block = 1 << 16;

    public static bool Is(ReadOnlySpan<byte> start) => start is [0x1f, 0x8b, ..];

    /// <summary>Opens the content of a file, decompressed if it is gzip, whatever its name; the length of the stream is
    /// known.</summary>
    /// <remarks>SharpZipLib compares the lengths and checksums of gzip: .NET reads a truncated file as a shorter one.</remarks>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is truncated or damaged, or needs more memory than is
    /// available.</exception>
    public static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        var start = new byte[2];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (!Is(start.AsSpan(0, read))) return file;
        using (file) return Decompressed(file, path);
    }

    private static MemoryStream Decompressed(FileStream file, string path)
    {
        var content = new MemoryStream();
        var most = Math.Min(Array.MaxLength, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        try
        {
            using var plain = new GZipInputStream(file) { IsStreamOwner = false };
            var block = new byte[Block];
            for (int read; (read = plain.Read(block, 0, block.Length)) > 0;)
            {
                if (content.Length + read > most)
                    throw new InvalidDataException(
                        $"{path}: unpacking needs more than the available memory of {most:N0} bytes");
                content.Write(block, 0, read);
            }
            content.Position = 0;
            return content;
        }
        catch (Exception e) when (e is SharpZipBaseException or EndOfStreamException or IndexOutOfRangeException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: truncated or damaged: {Quoted.OneLine(e.Message)}", e);
        }
    }
}
