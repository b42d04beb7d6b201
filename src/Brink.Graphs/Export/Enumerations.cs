namespace Brink.Graphs.Export;

/// <summary>The enumerations of the serialised schema; their numbers differ from those of PyTorch's C++ library.</summary>
/// <remarks>Schema 8.20 of torch.export: ScalarType, Layout, MemoryFormat.</remarks>
internal static class Enumerations
{
    private static readonly Dictionary<long, ElementType> ElementTypes = new()
    {
        [1] = ElementType.UInt8,
        [2] = ElementType.Int8,
        [3] = ElementType.Int16,
        [4] = ElementType.Int32,
        [5] = ElementType.Int64,
        [6] = ElementType.Float16,
        [7] = ElementType.Float32,
        [8] = ElementType.Float64,
        [12] = ElementType.Bool,
        [13] = ElementType.BFloat16,
        [28] = ElementType.UInt16,
        [34] = ElementType.UInt32,
        [35] = ElementType.UInt64,
    };

    private static readonly Dictionary<long, string> OtherTypes = new()
    {
        [9] = "complex32",
        [10] = "complex64",
        [11] = "complex128",
        [29] = "float8_e4m3fn",
        [30] = "float8_e5m2",
        [31] = "float8_e4m3fnuz",
        [32] = "float8_e5m2fnuz",
        [33] = "float8_e8m0fnu",
    };

    private static readonly string[] Layouts =
        ["unknown", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "mkldnn", "strided"];

    private static readonly string[] MemoryFormats =
        ["unknown", "contiguous_format", "channels_last", "channels_last_3d", "preserve_format"];

    /// <summary>The element type of a number.</summary>
    /// <exception cref="GraphException">No element type of Brink has the number.</exception>
    public static ElementType ElementTypeOf(Field number)
    {
        var at = number.Integer;
        if (ElementTypes.TryGetValue(at, out var type)) return type;
        throw number.Wrong(OtherTypes.TryGetValue(at, out var name)
            ? $"elements of type {name} are not supported; convert them to float32 before the export"
            : $"the element type {at} is unknown; save again with PyTorch 2.14 or older");
    }

    /// <summary>The name of a layout, such as <c>strided</c>.</summary>
    public static string LayoutOf(Field number) => Named(number, Layouts, "layout");

    /// <summary>The name of a memory format, such as <c>channels_last</c>.</summary>
    public static string MemoryFormatOf(Field number) => Named(number, MemoryFormats, "memory format");

    private static string Named(Field number, string[] names, string what)
    {
        var at = number.Integer;
        return at >= 0 && at < names.Length
            ? names[at]
            : throw number.Wrong($"the {what} {at} is unknown; save again with PyTorch 2.14 or older");
    }
}
