namespace Brink.Graphs;

/// <summary>Properties of element types.</summary>
public static class ElementTypes
{
    /// <summary>The bytes of one element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        _ => 1,
    };

    /// <summary>True for the types that a loss can depend on differentiably.</summary>
    public static bool IsFloatingPoint(this ElementType type) => type <= ElementType.Float64;
}
