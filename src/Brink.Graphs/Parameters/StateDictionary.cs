namespace Brink.Graphs;

/// <summary>Finds the tensors of a state dictionary among the constants of a graph.</summary>
internal static class StateDictionary
{
    /// <summary>The tensors that are found, as they are, transposed or reshaped, with the constants that hold them; and the names
    /// of those that are not.</summary>
    /// <param name="candidates">Constants that may be parameters.</param>
    /// <param name="others">Other constants, such as statistics of batch norm; tensors that are found there are no parameters,
    /// and are not missing.</param>
    /// <param name="tensors">Names and tensors of the dictionary.</param>
    public static (IReadOnlyList<(string Name, TensorData Data, IReadOnlyList<ParameterUse> Uses)> Found, IReadOnlyList<string> Missing)
        Find(
            IReadOnlyList<GraphConstant> candidates,
            IReadOnlyList<GraphConstant> others,
            IReadOnlyList<(string Name, TensorData Data)> tensors)
    {
        var found = new List<(string, TensorData, IReadOnlyList<ParameterUse>)>();
        var missing = new List<string>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        // Names first: of equal tensors, each then goes to the constant of its own name.
        var namedFirst = tensors.OrderByDescending(tensor => candidates.Any(constant => Named(constant, tensor.Name))).ToArray();
        foreach (var (name, data) in namedFirst)
        {
            if (!data.Type.IsFloatingPoint()) continue;
            var free = candidates.Where(constant => !taken.Contains(constant.Name)).ToArray();
            var uses = free.Where(constant => Named(constant, name)).Concat(free.Where(constant => !Named(constant, name)))
                .Select(constant => (constant, Turn: Fits(data, constant.Data))).Where(pair => pair.Turn is not null)
                .Select(pair => new ParameterUse(pair.constant.Name, pair.Turn!.Value)).ToArray();
            if (uses.Length == 0)
            {
                if (!others.Any(constant => Fits(data, constant.Data) is not null)) missing.Add(name);
                continue;
            }
            // Several constants of equal numbers: those named otherwise belong to other tensors, except unnamed copies.
            ParameterUse[] own = [.. uses.Where((use, i) =>
                i == 0 || !tensors.Any(other => Named(candidates.First(c => c.Name == use.Constant), other.Name)))];
            found.Add((name, data, own));
            taken.UnionWith(own.Select(use => use.Constant));
        }
        var order = tensors.Select((tensor, i) => (tensor.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i, StringComparer.Ordinal);
        return ([.. found.OrderBy(entry => order[entry.Item1])], [.. missing.OrderBy(name => order[name])]);
    }

    private static TensorData Widened(TensorData data)
    {
        using var scope = NewDisposeScope();
        return new(ElementType.Float64, data.Shape, data.ToTensor().contiguous().bytes.ToArray());
    }

    private static bool Named(GraphConstant constant, string name) => string.Equals(constant.Title, name, StringComparison.Ordinal);

    private static bool? Fits(TensorData tensor, TensorData constant)
    {
        if (tensor.Count != constant.Count || !tensor.Type.IsFloatingPoint() || !constant.Type.IsFloatingPoint()) return null;
        if (tensor.Type != constant.Type) return Fits(Widened(tensor), Widened(constant));
        return EqualConstants.Equal(tensor, constant) is { } turn ? turn
            : tensor.Bytes.Span.SequenceEqual(constant.Bytes.Span) ? false : null;
    }
}
