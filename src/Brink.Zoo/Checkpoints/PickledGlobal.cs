using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>A name of a Python module that a pickle refers to. Nothing is imported: the names are those of the list here.</summary>
internal sealed record PickledGlobal
{
    private const int LongestName = 120;   // characters in a message

    private static readonly (string Name, ScalarType Type)[] Storages =
    [
        ("DoubleStorage", ScalarType.Float64), ("FloatStorage", ScalarType.Float32), ("HalfStorage", ScalarType.Float16),
        ("BFloat16Storage", ScalarType.BFloat16), ("LongStorage", ScalarType.Int64), ("IntStorage", ScalarType.Int32),
        ("ShortStorage", ScalarType.Int16), ("CharStorage", ScalarType.Int8), ("ByteStorage", ScalarType.Byte),
        ("BoolStorage", ScalarType.Bool),
    ];

    private static readonly (string Name, ScalarType Type)[] Types =
    [
        ("float64", ScalarType.Float64), ("float32", ScalarType.Float32), ("float16", ScalarType.Float16),
        ("bfloat16", ScalarType.BFloat16), ("int64", ScalarType.Int64), ("int32", ScalarType.Int32),
        ("int16", ScalarType.Int16), ("int8", ScalarType.Int8), ("uint8", ScalarType.Byte), ("bool", ScalarType.Bool),
    ];

    private static readonly Dictionary<string, PickledGlobal> Known = All().ToDictionary(one => one.Name, StringComparer.Ordinal);

    private PickledGlobal(string name) => Name = name;

    /// <summary>Module and name, with a dot between them.</summary>
    public string Name { get; }

    /// <summary>The type of the elements, if this is a storage or an element type.</summary>
    public ScalarType? Type { get; private init; }

    /// <summary>Returns whether this is a storage, with a type of elements or without.</summary>
    public bool IsStorage => Name.EndsWith("Storage", StringComparison.Ordinal);

    /// <exception cref="InvalidDataException">The name is not in the list.</exception>
    public static PickledGlobal Of(string module, string name)
    {
        var full = $"{module}.{name}";
        if (Known.TryGetValue(full, out var known)) return known;
        var shown = Quoted.OneLine(full.Length > LongestName ? full[..LongestName] + "…" : full);
        throw new InvalidDataException(
            $"refers to {shown}; a checkpoint of tensors and plain containers does not, and nothing of it was run: "
                + "save state dicts and numbers only");
    }

    private static IEnumerable<PickledGlobal> All() =>
    [
        .. PickledCalls.Names.Concat(PickledCalls.Factories).Select(name => new PickledGlobal(name)),
        .. Storages.Select(storage => new PickledGlobal($"torch.{storage.Name}") { Type = storage.Type }),
        .. Types.Select(type => new PickledGlobal($"torch.{type.Name}") { Type = type.Type }),
        new("torch.storage.UntypedStorage"), new("torch.UntypedStorage"),
    ];
}
