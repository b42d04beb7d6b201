using Brink.Taylor;

namespace Brink.Graphs;

// Matrix products.
internal sealed partial class Quantity
{
    /// <summary>The matrix product of NumPy: [...,r,k] and [...,k,c] to [...,r,c], where the dimensions before the last two are
    /// broadcast; a vector is a row on the left and a column on the right, and its dimension disappears.</summary>
    public static Quantity MatMul(Quantity x, Quantity y)
    {
        if (x.Rank == 0 || y.Rank == 0) throw new GraphException("a matrix product needs operands of at least one dimension");
        if (x.Data is { } a && y.Data is { } b) return Of(Floating(a).matmul(Floating(b)));
        if (x.Rank == 1) return MatMul(x.Unsqueeze(0), y).Squeeze(y.Rank == 1 ? -1 : -2);
        if (y.Rank == 1) return MatMul(x, y.Unsqueeze(1)).Squeeze(-1);
        if (x.Shape[^1] != y.Shape[^2])
            throw new GraphException($"[{string.Join(',', x.Shape)}] and [{string.Join(',', y.Shape)}] do not fit in a matrix product");
        if (y.Count == y.Shape[^1] * y.Shape[^2] && y.Rank <= x.Rank) return Dense(x, y.Reshape(y.Shape[^2], y.Shape[^1]));
        if (x.Rank == 2) return Dense(y.Swap(-1, -2), x.Swap(0, 1)).Swap(-1, -2);
        return Batches(x, y);
    }

    /// <summary>x w for rows x [...,k] and one matrix w [k,c].</summary>
    private static Quantity Dense(Quantity x, Quantity w)
    {
        // Rows stay in the order in which they are in memory.
        int[] order = [.. x.Order().Where(d => d != x.Rank - 1), x.Rank - 1];
        var (k, columns) = (w.Shape[0], w.Shape[1]);
        var product = x.In(order).Reshape(x.Count / k, k).Times(w.Swap(0, 1).Contiguous().Reshape(columns, k));
        return InOrder(product, [.. x.Shape.SkipLast(1), columns], order);
    }

    private static Quantity Batches(Quantity x, Quantity y)
    {
        var batch = BroadcastShape(x.Shape[..^2], y.Shape[..^2]);
        var (r, k, c) = (x.Shape[^2], x.Shape[^1], y.Shape[^1]);
        var (left, right) = (x.Expand([.. batch, r, k]), y.Expand([.. batch, k, c]));
        var count = Product(batch);
        // The right factor is read as it is in memory if its columns are contiguous.
        var turned = right.Swap(-1, -2);
        var isTransposed = turned.Moves && turned.IsIn(RowMajor(turned.Rank));
        var factor = isTransposed ? turned.Contiguous().Reshape(count, c, k) : right.Contiguous().Reshape(count, k, c);
        return Of(left.Contiguous().Reshape(count, r, k).BatchTimes(factor, isTransposed), [.. batch, r, c]);
    }
}
