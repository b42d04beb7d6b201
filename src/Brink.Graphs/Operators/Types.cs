namespace Brink.Graphs;

/// <summary>Conversion between element types. Every floating-point type is computed as float64, every integer type as
/// int64.</summary>
internal static class Types
{
    /// <summary>Converts a quantity. The value of a conversion between floating-point types does not change.</summary>
    /// <exception cref="GraphException">A quantity that depends on the parameters would lose its derivative.</exception>
    public static Quantity Converted(this Quantity x, ElementType type)
    {
        if (x.Data is { } data) return Quantity.Of(data.to(Of(type)));
        return type.IsFloatingPoint()
            ? x
            : throw new GraphException($"values that depend on the parameters are converted to {type}, which has no derivative");
    }

    /// <summary>The type in which elements are computed.</summary>
    public static ScalarType Of(ElementType type) => type switch
    {
        ElementType.Bool => ScalarType.Bool,
        _ when type.IsFloatingPoint() => ScalarType.Float64,
        _ => ScalarType.Int64,
    };
}
