using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Brink.Runs;

/// <summary>The checkpoints of a run: files checkpoints/NUMBER.safetensors, numbered in the order of writing. Each contains
/// its own checksum, so that a torn or corrupted file is detected without reading its tensors.</summary>
/// <remarks>The checksum is the SHA-256 of the file with 64 zeros in its place: the value of the key "checksum" in the
/// header, whose length is in the first 8 bytes.</remarks>
public static class CheckpointFiles
{
    /// <summary>Name of the folder of the checkpoints in the run's folder.</summary>
    public const string Folder = "checkpoints";

    /// <summary>The placeholder that a writer stores instead of the checksum.</summary>
    public static readonly string NoChecksum = new('0', 64);

    private const string Pattern = "*.safetensors";
    private const int Kept = 2;
    private const int LengthSize = 8, Block = 1 << 20;

    // A header contains names and shapes, and the mark of the store: megabytes at most.
    private const long LongestHeader = 100_000_000;

    /// <summary>Returns the checkpoint files of a run, the newest first.</summary>
    public static IReadOnlyList<string> All(string run)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(Path.Combine(run, Folder), Pattern)
                    .OrderByDescending(Number).ThenByDescending(file => file, StringComparer.Ordinal),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Writes the next checkpoint to a temporary file, seals it, flushes it to the disk and renames it; then removes
    /// all older checkpoints but the last.</summary>
    /// <param name="run">Folder of the run.</param>
    /// <param name="write">Writes a safetensors file whose metadata contain <see cref="NoChecksum"/> under "checksum".</param>
    /// <exception cref="RunStoreException">The checkpoint cannot be written; the earlier ones are unchanged.</exception>
    public static string Add(string run, Action<Stream> write)
    {
        var before = All(run);
        var path = Path.Combine(
            run, Folder, string.Create(CultureInfo.InvariantCulture, $"{(before.Count == 0 ? 0 : Number(before[0])) + 1:d6}.safetensors"));
        var partial = path + ".partial";
        try
        {
            Directory.CreateDirectory(Path.Combine(run, Folder));
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite))
            {
                write(file);
                Seal(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path);
            foreach (var old in before.Skip(Kept - 1)) File.Delete(old);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover temporary file does no harm: the next checkpoint overwrites it.
            TryDelete(partial);
            throw RunStoreException.Of(path, e);
        }
    }

    /// <summary>Returns the reason why a file is not as it was written; null if it is intact.</summary>
    public static string? Fault(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (Header(file) is not { } header) return "the file is truncated";
            var position = Position(header);
            if (position < 0) return "the checksum is missing";
            var written = header.AsSpan(position, NoChecksum.Length).ToArray();
            return Checksum(file, header, position).AsSpan().SequenceEqual(written)
                ? null
                : "its checksum is wrong: the file is truncated or changed";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Removes all checkpoints of a run.</summary>
    public static void Clear(string run)
    {
        var folder = Path.Combine(run, Folder);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static long Number(string file) =>
        long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static void Seal(FileStream file)
    {
        file.Position = 0;
        var header = Header(file) ?? throw new InvalidDataException("the checkpoint has no header");
        var position = Position(header);
        if (position < 0) throw new InvalidDataException("the checkpoint has no placeholder for its checksum");
        var checksum = Checksum(file, header, position);
        file.Position = position;
        file.Write(checksum);
    }

    /// <summary>Reads the length and the header; returns null if the file is shorter.</summary>
    private static byte[]? Header(FileStream file)
    {
        var start = new byte[LengthSize];
        if (file.ReadAtLeast(start, LengthSize, throwOnEndOfStream: false) < LengthSize) return null;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > LongestHeader || (long)length > file.Length - LengthSize) return null;
        var header = new byte[LengthSize + (int)length];
        start.CopyTo(header, 0);
        file.ReadExactly(header.AsSpan(LengthSize));
        return header;
    }

    /// <summary>Returns the position of the checksum, or -1. In JSON no text can contain the key's quotes.</summary>
    private static int Position(byte[] header)
    {
        var key = "\"checksum\":\""u8;
        var found = header.AsSpan().IndexOf(key);
        return found < 0 || found + key.Length + NoChecksum.Length > header.Length ? -1 : found + key.Length;
    }

    /// <summary>Computes the checksum as 64 hexadecimal digits. The file is positioned after its header.</summary>
    private static byte[] Checksum(FileStream file, byte[] header, int position)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var blank = header.ToArray();
        System.Text.Encoding.ASCII.GetBytes(NoChecksum).CopyTo(blank, position);
        hash.AppendData(blank);
        var block = new byte[Block];
        for (int read; (read = file.Read(block)) > 0;) hash.AppendData(block, 0, read);
        return System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
