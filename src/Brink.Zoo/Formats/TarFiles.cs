using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Brink.Zoo.Formats;

/// <summary>Extracts files from a tar archive: blocks of 512 bytes, a header with name, size in octal, checksum and kind
/// before each file (POSIX.1-1988, ustar). Entries of other kinds, which later formats add, are skipped.</summary>
/// <remarks>.NET's reader allocates as much memory as the header of a long name states; this one keeps no file in
/// memory.</remarks>
internal static class TarFiles
{
    private const int Block = 512;
    private static readonly (Range Name, Range Size, Range Checksum, int Kind) Fields = (0..100, 124..136, 148..156, 156);

    /// <summary>Extracts the files of these names, from any folder in the archive, into a folder; and nothing else.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged.</exception>
    public static void Unpack(Stream tar, IReadOnlyList<string> names, string folder)
    {
        var header = new byte[Block];
        while (true)
        {
            var read = tar.ReadAtLeast(header, Block, throwOnEndOfStream: false);
            // Two empty blocks end an archive, but some archives end without them.
            if (read == 0 || !header.AsSpan().ContainsAnyExcept((byte)0)) break;
            if (read < Block) throw new InvalidDataException("the archive ends within a header");
            CheckSum(header);
            var name = Text(header[Fields.Name]).Split('/', '\\')[^1];
            var wanted = header[Fields.Kind] is (byte)'0' or 0 && names.Contains(name);
            using var file = wanted ? File.Create(Path.Combine(folder, name)) : Stream.Null;
            Copy(tar, file, Size(header), name);
        }
        // Reads to the end, where a compressed stream has its checksum.
        tar.CopyTo(Stream.Null);
    }

    private static void CheckSum(byte[] header)
    {
        // The field itself counts as blanks.
        var sum = header.Sum(one => one) - header[Fields.Checksum].Sum(one => one) + (8 * ' ');
        if (sum != Octal(header[Fields.Checksum])) throw new InvalidDataException("the checksum of a header is wrong");
    }

    private static long Size(byte[] header)
    {
        var field = header[Fields.Size];
        // Sizes from 8 GiB on are stored in binary after a first byte of 0x80.
        return field[0] != 0x80 ? Octal(field) : BinaryPrimitives.ReadInt64BigEndian(field.AsSpan(4)) is >= 0 and var size
            ? size
            : throw new InvalidDataException("the size of a file is out of range");
    }

    private static long Octal(byte[] field)
    {
        var digits = Text(field).Trim();
        if (digits.Any(digit => digit is < '0' or > '7'))
            throw new InvalidDataException($"a header has {Quoted.Of(digits)} where it must have an octal number");
        return digits.Aggregate(0L, (number, digit) => (8 * number) + int.Parse([digit], CultureInfo.InvariantCulture));
    }

    private static string Text(byte[] field) => Encoding.Latin1.GetString(field).Split('\0')[0];

    /// <summary>Copies a file and skips the padding of its last block.</summary>
    private static void Copy(Stream tar, Stream file, long size, string name)
    {
        var (block, padding) = (new byte[Block * 128], (Block - (size % Block)) % Block);
        for (var left = size; left > 0;)
        {
            var read = tar.Read(block, 0, (int)Math.Min(block.Length, left));
            if (read == 0) throw new InvalidDataException($"the archive ends within {Quoted.Of(name)}");
            file.Write(block, 0, read);
            left -= read;
        }
        _ = tar.ReadAtLeast(block.AsSpan(0, (int)padding), (int)padding, throwOnEndOfStream: false);
    }
}
