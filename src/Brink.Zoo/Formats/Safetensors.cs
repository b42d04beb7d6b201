using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Brink.Zoo.Formats;

/// <summary>Reads and writes the safetensors format. A file consists of the header's length (8 bytes, little-endian), the
/// header in JSON, padded by spaces to a multiple of 8, and the elements of all tensors, little-endian and row-major, without
/// gaps.</summary>
/// <remarks>Header: {"__metadata__": {key: text}, name: {"dtype", "shape", "data_offsets": [begin, end]}}, offsets in bytes
/// from the end of the header. No .NET package of the format is published.</remarks>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const int LengthSize = 8, Alignment = 8;
    private const int Block = 1 << 20;   // bytes that are copied at a time

    // The bound of the format's own reader: a wrong length is detected before memory is allocated.
    private const long LongestHeader = 100_000_000;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8),
        ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>Writes a temporary file, flushes it to the disk and renames it: the file of that name is always complete, new
    /// or old.</summary>
    /// <exception cref="ArgumentException">The format does not support a name or a type.</exception>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var aside = path + ".partial";
        try
        {
            using (var file = File.Create(aside))
            {
                Write(file, tensors, metadata);
                file.Flush(flushToDisk: true);
            }
            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <summary>Writes to a stream, from its position on.</summary>
    /// <exception cref="ArgumentException">The format does not support a name or a type.</exception>
    public static void Write(
        Stream file,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        // The widest elements first, as in the format's own writer: every tensor is then aligned to its elements.
        var entries = tensors
            .Select(pair => (Name: pair.Key, Tensor: pair.Value, Type: TypeOf(pair.Key, pair.Value)))
            .OrderByDescending(entry => entry.Type.Size)
            .ThenBy(entry => entry.Name, StringComparer.Ordinal)
            .ToArray();
        var header = HeaderOf(entries, metadata);
        Span<byte> length = stackalloc byte[LengthSize];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        foreach (var (_, tensor, _) in entries.Where(entry => entry.Tensor.numel() > 0))
        {
            using var scope = NewDisposeScope();
            tensor.detach().cpu().contiguous().WriteBytesToStream(file, Block);
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file does not follow the format; the message states where.</exception>
    public static NamedTensors Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>Reads a stream from its position to its end.</summary>
    /// <param name="file">Stream with a known length.</param>
    /// <param name="path">Name in error messages.</param>
    /// <exception cref="InvalidDataException">The file does not follow the format; the message states where.</exception>
    public static NamedTensors Read(Stream file, string path)
    {
        using var scope = NewDisposeScope();
        var (entries, metadata) = ReadHeader(file, path);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        // In the order of the data, whose lengths add up to that of the file, as checked above.
        foreach (var entry in entries)
        {
            var tensor = empty(entry.Shape, entry.Type.Type);
            if (entry.End > entry.Begin) tensor.ReadBytesFromStream(file, Block);
            tensors.Add(entry.Name, scope.MoveToOuter(tensor));
        }
        return new(tensors, metadata);
    }

    private static byte[] HeaderOf(
        IEnumerable<(string Name, Tensor Tensor, (string Name, ScalarType Type, int Size) Type)> entries,
        IReadOnlyDictionary<string, string>? metadata)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WritePropertyName(MetadataKey);
                JsonSerializer.Serialize(json, metadata);
            }
            var begin = 0L;
            foreach (var (name, tensor, type) in entries)
            {
                var end = begin + (tensor.numel() * type.Size);
                json.WritePropertyName(name);
                JsonSerializer.Serialize(
                    json,
                    new { dtype = type.Name, shape = tensor.shape, data_offsets = new[] { begin, end } });
                begin = end;
            }
            json.WriteEndObject();
        }
        while (bytes.Length % Alignment != 0) bytes.WriteByte((byte)' ');
        return bytes.ToArray();
    }

    private static (string Name, ScalarType Type, int Size) TypeOf(string name, Tensor tensor)
    {
        if (name == MetadataKey)
            throw new ArgumentException(
                $"{name} is reserved for metadata; choose another name for the tensor", nameof(name));
        var type = Array.Find(Types, type => type.Type == tensor.dtype);
        return type.Name is not null ? type : throw new ArgumentException(
            $"{name}: the elements have type {tensor.dtype}; the format supports {TypeNames}", nameof(tensor));
    }

    private static string TypeNames => string.Join(", ", Types.Select(type => type.Name));

    private static (IReadOnlyList<Entry> Entries, Dictionary<string, string> Metadata) ReadHeader(
        Stream file, string path)
    {
        var start = new byte[LengthSize];
        if (file.ReadAtLeast(start, LengthSize, throwOnEndOfStream: false) < LengthSize)
            throw new InvalidDataException($"{path}: the file has {file.Length} bytes, too few for a safetensors file");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        var rest = file.Length - LengthSize;
        if (length > LongestHeader || (long)length > rest)
        {
            throw new InvalidDataException(
                $"{path}: the file has {file.Length:N0} bytes and states a header of {length:N0}: "
                    + "it is truncated, or not a safetensors file");
        }
        var header = new byte[length];
        file.ReadExactly(header);
        var (entries, metadata) = Parse(header, path);
        CheckOrder(entries, rest - (long)length, path);
        return (entries, metadata);
    }

    /// <summary>Parses the header and returns the entries in the order of their data.</summary>
    private static (Entry[] Entries, Dictionary<string, string> Metadata) Parse(byte[] header, string path)
    {
        if (header is not [(byte)'{', ..])
            throw new InvalidDataException($"{path}: the header does not begin with {{, so this is not a safetensors file");
        try
        {
            using var document = JsonDocument.Parse(
                StrictUtf8.GetString(header), new() { AllowDuplicateProperties = false });
            var root = document.RootElement;
            return (
                [.. root.EnumerateObject()
                    .Where(property => property.Name != MetadataKey)
                    .Select(property => Entry.Of(property, path))
                    .OrderBy(entry => entry.Begin)
                    .ThenBy(entry => entry.End)],
                root.TryGetProperty(MetadataKey, out var texts) ? MetadataOf(texts, path) : []);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            throw new InvalidDataException($"{path}: the header is not valid JSON: {Quoted.OneLine(e.Message)}", e);
        }
    }

    private static Dictionary<string, string> MetadataOf(JsonElement texts, string path)
    {
        if (texts.ValueKind != JsonValueKind.Object
            || texts.EnumerateObject().Any(text => text.Value.ValueKind != JsonValueKind.String))
        {
            throw new InvalidDataException($"{path}: {MetadataKey} must be a JSON object whose values are strings");
        }
        return texts.EnumerateObject().ToDictionary(
            text => text.Name, text => text.Value.GetString()!, StringComparer.Ordinal);
    }

    private static void CheckOrder(IEnumerable<Entry> entries, long available, string path)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != end)
            {
                throw new InvalidDataException(
                    $"{path}: {Quoted.Of(entry.Name)} begins at {entry.Begin}, and the data before it end at {end}: "
                        + (entry.Begin < end ? "they overlap" : "there is a gap"));
            }
            end = entry.End;
        }
        if (end != available)
        {
            throw new InvalidDataException(
                $"{path}: the file has {available:N0} bytes of data, and the header states {end:N0}: "
                    + (available < end ? "it is truncated" : "bytes follow the last tensor"));
        }
    }

    /// <param name="Begin">First byte of the tensor, counted from the end of the header.</param>
    /// <param name="End">First byte after the tensor, counted from the end of the header.</param>
    private sealed record Entry(
        string Name, (string Name, ScalarType Type, int Size) Type, long[] Shape, long Begin, long End)
    {
        public static Entry Of(JsonProperty property, string path)
        {
            var (name, value) = (property.Name, property.Value);
            var where = $"{path}: {Quoted.Of(name)}";
            var type = TypeNamed(value, where);
            var shape = Sizes(value, "shape", where);
            if (Sizes(value, "data_offsets", where) is not [var begin, var end] || end < begin)
            {
                throw new InvalidDataException(
                    $"{where}: data_offsets must be [begin, end] with begin at most end");
            }
            // In 128 bits no product of two sizes overflows. The product of the sizes above 0 must not exceed 64 bits either:
            // libtorch refuses a tensor without elements whose strides exceed 64 bits.
            var extent = (Int128)type.Size;
            foreach (var size in shape.Where(size => size > 0 && extent <= long.MaxValue)) extent *= size;
            if (extent > long.MaxValue)
            {
                throw new InvalidDataException(
                    $"{where}: the shape {Quoted.Of($"[{string.Join(",", shape)}]")} is too large for 64 bits");
            }
            var bytes = shape.Contains(0) ? 0 : extent;
            if (bytes != end - begin)
            {
                throw new InvalidDataException(
                    $"{where}: the data have {end - begin:N0} bytes; "
                        + $"{type.Name} {Quoted.OneLine($"[{string.Join(",", shape)}]")} takes {bytes:N0}");
            }
            return new(name, type, shape, begin, end);
        }

        private static (string Name, ScalarType Type, int Size) TypeNamed(JsonElement entry, string where)
        {
            var text = Member(entry, "dtype", where);
            var type = Array.Find(Types, type => type.Name == text.ToString());
            return type.Name is not null ? type : throw new InvalidDataException(
                $"{where}: the elements have type {Quoted.Of(text.ToString())}; supported types are {TypeNames}");
        }

        private static long[] Sizes(JsonElement entry, string key, string where)
        {
            var list = Member(entry, key, where);
            var sizes = list.ValueKind != JsonValueKind.Array ? null : list.EnumerateArray()
                .Select(one => one.ValueKind == JsonValueKind.Number && one.TryGetInt64(out var n) ? n : -1)
                .ToArray();
            return sizes is not null && sizes.All(n => n >= 0) ? sizes : throw new InvalidDataException(
                $"{where}: {key} is {Quoted.Of(list.ToString())}; it must be a list of integers of at least 0");
        }

        private static JsonElement Member(JsonElement entry, string key, string where) =>
            entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(key, out var member)
                ? member
                : throw new InvalidDataException($"{where}: {key} is missing");
    }
}
