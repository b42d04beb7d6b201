namespace Brink.Graphs;

/// <summary>Groups constants that hold the same numbers, as they are or transposed. Tensors of a single repeated number, such as
/// biases before training, form no group.</summary>
internal static class EqualConstants
{
    /// <summary>The groups, each in the order of the constants; the first of a group is its parameter.</summary>
    public static IReadOnlyList<IReadOnlyList<ParameterUse>> Of(IReadOnlyList<GraphConstant> constants)
    {
        var groups = new List<List<ParameterUse>>();
        var firsts = new Dictionary<string, List<(GraphConstant Constant, List<ParameterUse> Group)>>(StringComparer.Ordinal);
        foreach (var constant in constants)
        {
            // A transposition keeps the sizes up to their order.
            var key = constant.Data.Type + ":" + string.Join(',', constant.Data.Shape.Order());
            if (!firsts.TryGetValue(key, out var known)) firsts[key] = known = [];
            var found = IsUniform(constant.Data)
                ? default
                : known
                    .Select(first => (first.Group, Turn: Equal(first.Constant.Data, constant.Data)))
                    .FirstOrDefault(pair => pair.Turn is not null);
            if (found.Group is not null)
            {
                found.Group.Add(new(constant.Name, found.Turn!.Value));
                continue;
            }
            var group = new List<ParameterUse> { new(constant.Name, IsTransposed: false) };
            known.Add((constant, group));
            groups.Add(group);
        }
        return groups;
    }

    /// <summary>False if the tensors are equal as they are, true if they are up to the exchange of two dimensions, null if they
    /// differ.</summary>
    public static bool? Equal(TensorData x, TensorData y)
    {
        if (x.Shape.SequenceEqual(y.Shape) && x.Bytes.Span.SequenceEqual(y.Bytes.Span)) return false;
        if (x.Shape.Count != 2 || x.Shape[0] != y.Shape[1] || x.Shape[1] != y.Shape[0]) return null;
        var (rows, columns, size) = (checked((int)x.Shape[0]), checked((int)x.Shape[1]), x.Type.Size());
        var a = x.Bytes.Span;
        var b = y.Bytes.Span;
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                if (!a.Slice(((i * columns) + j) * size, size).SequenceEqual(b.Slice(((j * rows) + i) * size, size))) return null;
        return true;
    }

    private static bool IsUniform(TensorData data)
    {
        var bytes = data.Bytes.Span;
        var size = data.Type.Size();
        return bytes.Length <= size || bytes[size..].SequenceEqual(bytes[..^size]);
    }
}
