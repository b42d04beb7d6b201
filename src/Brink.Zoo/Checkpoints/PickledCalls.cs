namespace Brink.Zoo.Checkpoints;

/// <summary>What stands for the calls that a pickle of tensors makes. No code of the file's choice runs: each name has a case
/// here that makes a plain value of its arguments.</summary>
internal static class PickledCalls
{
    /// <summary>Names that may be called.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "collections.OrderedDict", "collections.Counter", "collections.defaultdict", "builtins.set", "__builtin__.set",
        "torch.Size", "torch.device",
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_parameter",
        "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype", "_codecs.encode",
    ];

    /// <summary>Names that may be arguments only: what makes the missing values of a dictionary.</summary>
    public static readonly IReadOnlyList<string> Factories =
    [
        .. new[] { "dict", "list", "int", "float" }.SelectMany(name => new[] { $"builtins.{name}", $"__builtin__.{name}" }),
    ];

    /// <summary>Returns an empty dictionary, which keeps the order of its entries.</summary>
    public static OrderedDictionary<object, object?> Dictionary() => new(PickledKeys.Comparer);

    /// <summary>Sets an entry of a dictionary.</summary>
    /// <exception cref="InvalidDataException">The key is not a text or a number.</exception>
    public static void Add(OrderedDictionary<object, object?> dictionary, object? key, object? value)
    {
        if (!PickledKeys.IsKey(key))
            throw new InvalidDataException("a key of a dictionary is not a text or a number; save state dicts and numbers only");
        dictionary[key!] = value;
    }

    /// <summary>Returns the value of a call.</summary>
    /// <exception cref="InvalidDataException">The arguments do not fit, or the name is not to be called.</exception>
    public static object? Of(PickledGlobal called, object?[] arguments) => (called.Name, arguments) switch
    {
        ("collections.OrderedDict", []) => Dictionary(),
        ("collections.OrderedDict", [List<object?> pairs]) => DictionaryOf(pairs),
        ("collections.Counter", []) => Dictionary(),
        ("collections.Counter", [OrderedDictionary<object, object?> counts]) => counts,
        ("collections.defaultdict", [] or [PickledGlobal or null]) => Dictionary(),
        ("builtins.set" or "__builtin__.set", [List<object?> items]) => items,
        ("torch.Size", [object?[] or List<object?>]) => arguments[0],
        ("torch.device", [string]) => arguments[0],
        ("torch._utils._rebuild_tensor", [StorageReference storage, var offset, var sizes, var strides]) =>
            StoredTensor.Of(storage, null, offset, sizes, strides),
        ("torch._utils._rebuild_tensor_v2", [StorageReference storage, var offset, var sizes, var strides, _, _, ..]) =>
            StoredTensor.Of(storage, null, offset, sizes, strides),
        ("torch._utils._rebuild_tensor_v3", [StorageReference storage, var offset, var sizes, var strides, _, _, PickledGlobal type, ..]) =>
            StoredTensor.Of(storage, type, offset, sizes, strides),
        ("torch._utils._rebuild_parameter", [StoredTensor, _, _]) => arguments[0],
        ("numpy.core.multiarray.scalar" or "numpy._core.multiarray.scalar", [NumpyType type, byte[] bytes]) => type.Number(bytes),
        ("numpy.dtype", [string code, ..]) => new NumpyType(code),
        ("_codecs.encode", [string text, "latin1"]) when text.All(letter => letter < 256) =>
            Array.ConvertAll(text.ToCharArray(), letter => (byte)letter),
        _ => throw new InvalidDataException(
            $"calls {called.Name} with {arguments.Length} arguments that do not fit; the file is damaged, save it again"),
    };

    private static OrderedDictionary<object, object?> DictionaryOf(List<object?> pairs)
    {
        var dictionary = Dictionary();
        foreach (var pair in pairs)
        {
            var entry = pair as IReadOnlyList<object?>;
            if (entry is not { Count: 2 }) throw new InvalidDataException("an entry of a dictionary is not a pair; save the file again");
            Add(dictionary, entry[0], entry[1]);
        }
        return dictionary;
    }
}
