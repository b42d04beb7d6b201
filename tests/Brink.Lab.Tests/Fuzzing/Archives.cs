using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Brink.Lab.Tests.Fuzzing;

/// <summary>Archives and arrays made in memory.</summary>
internal static class Archives
{
    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    public static byte[] Zip(CompressionLevel level, params IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = zip.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }
        return packed.ToArray();
    }

    public static byte[] Tar(params IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, TarEntryFormat.Pax))
        {
            foreach (var (name, content) in entries)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        return packed.ToArray();
    }

    /// <summary>Returns an array file of version 1.0.</summary>
    public static byte[] Npy(string header, params byte[] data)
    {
        var padded = header.PadRight((header.Length + 10 + 63) / 64 * 64 - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)padded.Length, (byte)(padded.Length >> 8), .. Encoding.ASCII.GetBytes(padded), .. data];
    }
}
