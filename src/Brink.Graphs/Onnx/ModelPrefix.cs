namespace Brink.Graphs.Onnx;

/// <summary>The first bytes of an ONNX file. The format has no magic number: a file is recognised by the field ir_version, which
/// comes first, and by the fields of a model that follow it.</summary>
internal static class ModelPrefix
{
    private const int Bytes = 4096;

    /// <summary>The largest IR version that is taken for one: far above those that exist.</summary>
    private const ulong LargestVersion = 999;

    /// <summary>The longest name of a producer or a domain: other formats have large parts in their place.</summary>
    private const ulong LongestName = 1024;

    /// <summary>True if the file starts as an ONNX file does; false if it does not, or cannot be read.</summary>
    public static bool IsModel(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var bytes = new byte[Bytes];
            return IsModel(bytes.AsSpan(0, RandomAccess.Read(file, bytes, 0)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>True if an ONNX file may start with these bytes.</summary>
    public static bool IsModel(ReadOnlySpan<byte> bytes)
    {
        if (bytes is not [0x08, ..] || Varint(ref bytes, skipped: 1) is not (> 0 and <= LargestVersion)) return false;
        var fields = 0;
        while (Varint(ref bytes, skipped: 0) is { } tag)
        {
            if (!IsField(tag)) return false;
            if (Varint(ref bytes, skipped: 0) is not { } value) break;
            fields++;
            if ((tag & 7) == 0) continue;
            if (tag >> 3 is 2 or 3 or 4 && value > LongestName) return false;
            if (value > (ulong)bytes.Length) break;
            bytes = bytes[(int)value..];
        }
        return fields > 0;
    }

    /// <summary>True for the tags of ModelProto that follow the version: the number of the field, and 0 for a number or 2 for what
    /// has a length.</summary>
    private static bool IsField(ulong tag) => (tag >> 3, tag & 7) is
        (5, 0) or (2 or 3 or 4 or 6 or 7 or 8 or 14 or 20 or 25 or 26, 2);

    /// <summary>Reads a number in protobuf's variable length, and advances; null if the bytes end first or it has no end.</summary>
    private static ulong? Varint(ref ReadOnlySpan<byte> bytes, int skipped)
    {
        var value = 0UL;
        for (var i = skipped; i < bytes.Length && i - skipped < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * (i - skipped));
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return value;
        }
        return null;
    }
}
