using System.Buffers.Binary;
using System.IO.Compression;

namespace Brink.Zoo.Formats;

/// <summary>An array of bytes in the IDX layout of MNIST: 0, 0, type, rank, then the sizes as big-endian
/// 32-bit numbers, then the elements, the last index fastest.</summary>
internal sealed record Idx(IReadOnlyList<int> Shape, byte[] Data)
{
    private const byte UnsignedByte = 0x08;
    private const int MaxRank = 8;

    /// <summary>Reads a file, plain or gzip.</summary>
    /// <exception cref="InvalidDataException">The file is not IDX of unsigned bytes, too short, or too long.</exception>
    public static Idx Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <param name="stream">Seekable stream; plain or gzip.</param>
    /// <param name="name">Name in error messages.</param>
    public static Idx Read(Stream stream, string name)
    {
        var zipped = stream.ReadByte() == 0x1f && stream.ReadByte() == 0x8b;
        stream.Position = 0;
        try
        {
            using var plain = zipped ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : null;
            return Parse(plain ?? stream, name);
        }
        catch (Exception e) when (e is EndOfStreamException
            || (e is InvalidDataException && !e.Message.StartsWith(name, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"{name}: truncated or damaged: {e.Message}", e);
        }
    }

    private static Idx Parse(Stream stream, string name)
    {
        var head = new byte[4];
        stream.ReadExactly(head);
        if (head[0] != 0 || head[1] != 0)
            throw new InvalidDataException($"{name}: not an IDX file (it starts with {head[0]:x2} {head[1]:x2}, not 00 00)");
        if (head[2] != UnsignedByte)
            throw new InvalidDataException(
                $"{name}: the elements have type {head[2]:x2}; only unsigned bytes (08) are supported");
        if (head[3] > MaxRank) throw new InvalidDataException($"{name}: the array has rank {head[3]}; at most {MaxRank} is supported");
        var shape = new int[head[3]];
        var size = new byte[4];
        for (var i = 0; i < shape.Length; i++)
        {
            stream.ReadExactly(size);
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(size);
        }
        var length = 1L;
        foreach (var n in shape)
        {
            length = n < 0 || (n > 0 && length > Array.MaxLength / n) ? -1 : length * n;
            if (length < 0) throw new InvalidDataException($"{name}: the sizes {string.Join(" x ", shape)} are out of range");
        }
        // Grows as it is read: a header may promise far more than the file contains.
        using var data = new MemoryStream();
        var chunk = new byte[(int)Math.Min(1 << 20, length)];
        while (data.Length < length)
        {
            var read = stream.Read(chunk, 0, (int)Math.Min(chunk.Length, length - data.Length));
            if (read == 0)
            {
                throw new InvalidDataException(
                    $"{name}: truncated: the data have {data.Length:N0} of {length:N0} bytes ({string.Join(" x ", shape)})");
            }
            data.Write(chunk, 0, read);
        }
        if (stream.ReadByte() >= 0)
            throw new InvalidDataException($"{name}: the file has more bytes than its sizes state ({string.Join(" x ", shape)})");
        return new(shape, data.ToArray());
    }
}
