namespace Brink.Graphs.Operators;

/// <summary>Sums of products in Einstein's notation, such as <c>bij,bjk->bik</c>.</summary>
internal static class EinsteinSum
{
    /// <summary>Computes a sum of products, operand by operand.</summary>
    /// <exception cref="GraphException">The equation does not fit the operands.</exception>
    public static Quantity Of(string equation, IReadOnlyList<Quantity> operands)
    {
        var sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var inputs = sides[0].Split(',');
        if (inputs.Length != operands.Count)
            throw new GraphException($"'{equation}' has {inputs.Length} operands; the node has {operands.Count}");
        var dots = inputs
            .Select((input, i) => input.Contains("...", StringComparison.Ordinal) ? operands[i].Rank - (input.Length - 3) : 0)
            .Max();
        var output = sides.Length == 2 ? sides[1] : Implied(inputs);
        var labels = inputs.Select((input, i) => Labels(input, operands[i].Rank - (input.Length - 3), dots)).ToArray();
        var wanted = Labels(output, dots, dots);

        var (sum, current) = Diagonal(operands[0], labels[0]);
        for (var i = 1; i < operands.Count; i++)
        {
            var (next, others) = Diagonal(operands[i], labels[i]);
            var needed = labels.Skip(i + 1).SelectMany(l => l).Concat(wanted).ToHashSet();
            (sum, current) = Product(sum, current, next, others, needed);
        }
        var extra = current.Where(label => !wanted.Contains(label)).ToArray();
        if (extra.Length > 0)
        {
            sum = sum.Sum([.. extra.Select(label => (long)Array.IndexOf(current, label))], keep: false);
            current = [.. current.Where(wanted.Contains)];
        }
        if (wanted.Any(label => !current.Contains(label)))
            throw new GraphException($"'{equation}' has an index in its result that no operand has");
        return sum.Transpose([.. wanted.Select(label => Array.IndexOf(current, label))]);
    }

    /// <summary>One batched matrix product: indices of both that are needed later are batches, those that are not are summed.</summary>
    private static (Quantity Value, int[] Labels) Product(Quantity x, int[] left, Quantity y, int[] right, HashSet<int> needed)
    {
        int[] shared = [.. left.Where(right.Contains)];
        int[] batch = [.. shared.Where(needed.Contains)], summed = [.. shared.Where(label => !needed.Contains(label))];
        int[] rows = [.. left.Where(label => !right.Contains(label))], columns = [.. right.Where(label => !left.Contains(label))];
        var sizes = left.Zip(x.Shape).Concat(right.Zip(y.Shape)).GroupBy(pair => pair.First)
            .ToDictionary(group => group.Key, group => group.Max(pair => pair.Second));
        var a = Arranged(x, left, batch, rows, summed);
        var b = Arranged(y, right, batch, summed, columns);
        var product = Quantity.MatMul(a, b);
        return (product.Reshape([.. batch.Concat(rows).Concat(columns).Select(label => sizes[label])]), [.. batch, .. rows, .. columns]);

        Quantity Arranged(Quantity z, int[] labels, params int[][] groups)
        {
            var order = groups.SelectMany(group => group).Select(label => Array.IndexOf(labels, label)).ToArray();
            var arranged = z.Transpose(order);
            arranged = arranged.Expand([.. groups.SelectMany(group => group).Select(label => sizes[label])]);
            return arranged.Reshape([.. groups.Select(group => group.Aggregate(1L, (product, label) => product * sizes[label]))]);
        }
    }

    /// <summary>Takes the diagonal of indices that occur twice in one operand.</summary>
    private static (Quantity Value, int[] Labels) Diagonal(Quantity x, int[] labels)
    {
        for (var d = labels.Length - 1; d > 0; d--)
        {
            var first = Array.IndexOf(labels, labels[d]);
            if (first == d) continue;
            var size = x.Shape[d];
            var eye = Quantity.Of(torch.eye(size, dtype: ScalarType.Float64).reshape(
                [.. Enumerable.Range(0, x.Rank).Select(k => k == d || k == first ? size : 1L)]));
            (x, labels) = ((x * eye).Sum([d], keep: false), [.. labels.Where((_, k) => k != d)]);
        }
        return (x, labels);
    }

    /// <summary>The indices as numbers; those of the ellipsis are negative, aligned at the end.</summary>
    private static int[] Labels(string indices, int own, int dots)
    {
        var at = indices.IndexOf("...", StringComparison.Ordinal);
        if (at < 0) return [.. indices.Select(c => (int)c)];
        return
        [
            .. indices[..at].Select(c => (int)c),
            .. Enumerable.Range(dots - own, own).Select(k => k - dots),
            .. indices[(at + 3)..].Select(c => (int)c),
        ];
    }

    /// <summary>The result without an arrow: the ellipsis, then the indices that occur once, in alphabetical order.</summary>
    private static string Implied(string[] inputs)
    {
        var all = string.Concat(inputs).Replace(".", "", StringComparison.Ordinal);
        var once = string.Concat(all.GroupBy(c => c).Where(group => group.Count() == 1).Select(group => group.Key).Order());
        return inputs.Any(input => input.Contains("...", StringComparison.Ordinal)) ? "..." + once : once;
    }
}
