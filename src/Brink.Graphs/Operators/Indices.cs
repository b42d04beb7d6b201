namespace Brink.Graphs.Operators;

/// <summary>Elements by tensors of indices.</summary>
internal static class Indices
{
    /// <summary>Selects one element for each index: y[i,j,k] = x[i,indices[i,j,k],k] for axis 1.</summary>
    public static Quantity AlongAxis(Quantity x, long axis, Tensor indices)
    {
        var d = x.Axis(axis);
        var numbers = indices.to(ScalarType.Int64);
        var positive = where(numbers.lt(0), numbers + x.Shape[d], numbers);
        if (positive.lt(0).logical_or(positive.ge(x.Shape[d])).any().item<bool>())
            throw new GraphException($"an index is outside a dimension of size {x.Shape[d]}");
        // Other dimensions may be longer than those of the indices.
        var all = x.Numbers();
        for (var k = 0; k < x.Rank; k++)
            if (k != d) all = all.narrow(k, 0, indices.shape[k]);
        return x.Take(all.gather(d, positive));
    }

    /// <summary>Selects by tuples in the last dimension of the indices: y[i] = x[indices[i,0],indices[i,1],...].</summary>
    /// <param name="x">Array.</param>
    /// <param name="indices">Indices [...,m].</param>
    /// <param name="batch">Leading dimensions that x and the indices have in common.</param>
    public static Quantity OfTuples(Quantity x, Tensor indices, int batch)
    {
        var tuples = indices.to(ScalarType.Int64);
        var m = (int)tuples.shape[^1];
        var parts = new List<Tensor>();
        for (var k = 0; k < batch; k++)
        {
            var shape = Enumerable.Repeat(1L, (int)tuples.dim() - 1).ToArray();
            shape[k] = x.Shape[k];
            parts.Add(arange(x.Shape[k], dtype: ScalarType.Int64).reshape(shape));
        }
        for (var k = 0; k < m; k++) parts.Add(tuples.select(-1, k));
        return ByAxes(x, [.. parts]);
    }

    /// <summary>Selects by one tensor of indices for each leading dimension; null takes a whole dimension. The tensors are
    /// broadcast, and their dimensions replace those that they index, as in NumPy.</summary>
    public static Quantity ByAxes(Quantity x, IReadOnlyList<Tensor?> indices)
    {
        int[] indexed = [.. Enumerable.Range(0, indices.Count).Where(d => indices[d] is not null)];
        if (indexed.Length == 0) return x;
        foreach (var d in indexed)
        {
            var index = indices[d]!;
            if (index.numel() > 0 && (index.min().item<long>() < -x.Shape[d] || index.max().item<long>() >= x.Shape[d]))
                throw new GraphException($"an index is outside a dimension of size {x.Shape[d]}");
        }
        var numbers = x.Numbers();
        return x.Take(numbers.index([.. Enumerable.Range(0, x.Rank).Select(d =>
            d < indices.Count && indices[d] is { } index ? TensorIndex.Tensor(index) : TensorIndex.Slice())]));
    }

    /// <summary>Places updates at elements of x.</summary>
    /// <param name="x">Array.</param>
    /// <param name="places">Row-major numbers of elements of x, a number for each element of the updates.</param>
    /// <param name="updates">The updates.</param>
    /// <param name="reduction">none: the last update of an element replaces it; add, mul, max and min: it is combined with
    /// them.</param>
    public static Quantity Placed(Quantity x, Tensor places, Quantity updates, string reduction)
    {
        if (updates.Count != places.numel()) throw new GraphException($"{updates.Count} updates do not fit {places.numel()} indices");
        long[] numbers = [.. places.contiguous().flatten().data<long>()];
        var flat = updates.Reshape(updates.Count);
        switch (reduction)
        {
            case "none":
                var source = Enumerable.Repeat(0L, checked((int)x.Count)).ToArray();
                var isPlaced = new bool[source.Length];
                for (var i = 0; i < numbers.Length; i++) (source[numbers[i]], isPlaced[numbers[i]]) = (i, true);
                if (numbers.Length == 0) return x;
                return Quantity.Where(tensor(isPlaced).reshape(x.Shape), flat.Take(tensor(source).reshape(x.Shape)), x);
            case "add" when !x.Moves && !updates.Moves:
                var (array, added) = (x.Known("array"), flat.Known("updates").to(ScalarType.Float64));
                var sums = array.to(ScalarType.Float64).flatten().index_add(0, tensor(numbers), added, 1);
                return Quantity.Of(sums.reshape(x.Shape).to(array.dtype));
            case "add":
                return Combined((value, update) => value + update);
            case "mul":
                return Combined((value, update) => value * update);
            case "max":
                return Combined(Quantity.Maximum);
            case "min":
                return Combined(Quantity.Minimum);
            default:
                throw new GraphException($"the reduction '{reduction}' of updates is unknown");
        }

        // Updates of the same element come one after the other: the k-th of each element in round k.
        Quantity Combined(Func<Quantity, Quantity, Quantity> combine)
        {
            var seen = new Dictionary<long, int>();
            var rounds = new List<List<long>>();
            for (var i = 0; i < numbers.Length; i++)
            {
                var round = seen.GetValueOrDefault(numbers[i]);
                seen[numbers[i]] = round + 1;
                if (round == rounds.Count) rounds.Add([]);
                rounds[round].Add(i);
            }
            return rounds.Aggregate(x, (result, round) =>
            {
                var at = tensor([.. round.Select(i => numbers[i])], dtype: ScalarType.Int64);
                return Placed(result, at, combine(result.Take(at), flat.Take(tensor([.. round], dtype: ScalarType.Int64))), "none");
            });
        }
    }
}
