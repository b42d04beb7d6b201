using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>The passes over lanes of one width. The remainder of a row, which fills no register, is processed number by number
/// with the same code.</summary>
internal sealed unsafe partial class LanePasses<L, T> : Passes<T>
    where L : unmanaged, ILanes<L, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;
    private const MethodImplOptions Inlined = MethodImplOptions.AggressiveInlining;

    public override int Lanes => L.Count;

    [MethodImpl(Hot)]
    public override void Scale(long n, double a, T* x, T* y, bool accumulate)
    {
        var factor = T.CreateTruncating(a);
        long i = 0;
        for (; i + L.Count <= n; i += L.Count) At<L>(i);
        for (; i < n; i++) At<Lane<T>>(i);

        [MethodImpl(Inlined)]
        void At<V>(long i)
            where V : unmanaged, ILanes<V, T> =>
            V.Store(accumulate ? V.Fma(V.All(factor), V.Load(x + i), V.Load(y + i)) : V.All(factor) * V.Load(x + i), y + i);
    }

    [MethodImpl(Hot)]
    public override void Copy(long rows, int columns, T* x, long strideX, T* y, long strideY, bool accumulate)
    {
        for (; rows > 0; rows--, x += strideX, y += strideY)
        {
            var i = 0;
            for (; i + L.Count <= columns; i += L.Count) At<L>(i, x, y);
            for (; i < columns; i++) At<Lane<T>>(i, x, y);
        }

        [MethodImpl(Inlined)]
        void At<V>(long i, T* x, T* y)
            where V : unmanaged, ILanes<V, T> =>
            V.Store(accumulate ? V.Load(x + i) + V.Load(y + i) : V.Load(x + i), y + i);
    }

    [MethodImpl(Hot)]
    public override void Multiply(long n, T* x, T* w, T* y, bool accumulate)
    {
        long i = 0;
        for (; i + L.Count <= n; i += L.Count) At<L>(i);
        for (; i < n; i++) At<Lane<T>>(i);

        [MethodImpl(Inlined)]
        void At<V>(long i)
            where V : unmanaged, ILanes<V, T> =>
            V.Store(accumulate ? V.Fma(V.Load(x + i), V.Load(w + i), V.Load(y + i)) : V.Load(x + i) * V.Load(w + i), y + i);
    }

    [MethodImpl(Hot)]
    public override void SpreadColumns(Blocks shape, double a, T* s, T* y, bool accumulate)
    {
        var factor = T.CreateTruncating(a);
        var columns = shape.Columns;
        for (var block = 0; block < shape.Count; block++, s += columns)
        {
            for (var row = 0; row < shape.Rows; row++, y += columns)
            {
                var i = 0;
                for (; i + L.Count <= columns; i += L.Count) At<L>(i);
                for (; i < columns; i++) At<Lane<T>>(i);
            }
        }

        [MethodImpl(Inlined)]
        void At<V>(int i)
            where V : unmanaged, ILanes<V, T> =>
            V.Store(accumulate ? V.Fma(V.All(factor), V.Load(s + i), V.Load(y + i)) : V.All(factor) * V.Load(s + i), y + i);
    }

    [MethodImpl(Hot)]
    public override void MultiplyColumns(Blocks shape, T* x, T* s, T* y, bool accumulate)
    {
        var columns = shape.Columns;
        for (var block = 0; block < shape.Count; block++, s += columns)
        {
            for (var row = 0; row < shape.Rows; row++, x += columns, y += columns)
            {
                var i = 0;
                for (; i + L.Count <= columns; i += L.Count) At<L>(i);
                for (; i < columns; i++) At<Lane<T>>(i);
            }
        }

        [MethodImpl(Inlined)]
        void At<V>(int i)
            where V : unmanaged, ILanes<V, T> =>
            V.Store(accumulate ? V.Fma(V.Load(x + i), V.Load(s + i), V.Load(y + i)) : V.Load(x + i) * V.Load(s + i), y + i);
    }

    [MethodImpl(Hot)]
    public override void SumColumns(Blocks shape, double a, T* x, T* w, T* s, bool accumulate)
    {
        var factor = T.CreateTruncating(a);
        var (rows, columns) = (shape.Rows, shape.Columns);
        for (var block = 0; block < shape.Count; block++, s += columns)
        {
            var i = 0;
            for (; i + L.Count <= columns; i += L.Count) At<L>(i);
            for (; i < columns; i++) At<Lane<T>>(i);
            x += (long)rows * columns;
            if (w != null) w += (long)rows * columns;
        }

        [MethodImpl(Inlined)]
        void At<V>(int i)
            where V : unmanaged, ILanes<V, T>
        {
            V sum = default;
            for (long j = i, row = 0; row < rows; row++, j += columns)
                sum = w == null ? sum + V.Load(x + j) : V.Fma(V.Load(x + j), V.Load(w + j), sum);
            V.Store(accumulate ? V.Fma(V.All(factor), sum, V.Load(s + i)) : V.All(factor) * sum, s + i);
        }
    }

    [MethodImpl(Hot)]
    public override void SpreadRows(long rows, int columns, double a, T* s, T* y, bool accumulate)
    {
        var factor = T.CreateTruncating(a);
        for (long row = 0; row < rows; row++, y += columns)
        {
            var added = factor * s[row];
            var i = 0;
            for (; i + L.Count <= columns; i += L.Count) At<L>(i, added);
            for (; i < columns; i++) At<Lane<T>>(i, added);
        }

        [MethodImpl(Inlined)]
        void At<V>(int i, T added)
            where V : unmanaged, ILanes<V, T> => V.Store(accumulate ? V.All(added) + V.Load(y + i) : V.All(added), y + i);
    }

    [MethodImpl(Hot)]
    public override void MultiplyRows(long rows, int columns, T* x, T* s, T* y, bool accumulate)
    {
        for (long row = 0; row < rows; row++, x += columns, y += columns)
        {
            var factor = s[row];
            var i = 0;
            for (; i + L.Count <= columns; i += L.Count) At<L>(i, factor);
            for (; i < columns; i++) At<Lane<T>>(i, factor);
        }

        [MethodImpl(Inlined)]
        void At<V>(int i, T factor)
            where V : unmanaged, ILanes<V, T> =>
            V.Store(accumulate ? V.Fma(V.Load(x + i), V.All(factor), V.Load(y + i)) : V.Load(x + i) * V.All(factor), y + i);
    }

    [MethodImpl(Hot)]
    public override void SumRows(long rows, int columns, double a, T* x, T* w, T* s, bool accumulate)
    {
        var factor = T.CreateTruncating(a);
        for (long row = 0; row < rows; row++, x += columns)
        {
            L sum = default;
            var i = 0;
            for (; i + L.Count <= columns; i += L.Count)
                sum = w == null ? sum + L.Load(x + i) : L.Fma(L.Load(x + i), L.Load(w + i), sum);
            var total = L.Sum(sum);
            for (; i < columns; i++) total += w == null ? x[i] : x[i] * w[i];
            s[row] = accumulate ? s[row] + (factor * total) : factor * total;
            if (w != null) w += columns;
        }
    }

    [MethodImpl(Hot)]
    public override void SubtractLargest(long rows, int columns, T* x, T* y)
    {
        for (long row = 0; row < rows; row++, x += columns, y += columns)
        {
            // T.Max propagates NaN, so that a NaN stays visible.
            var largest = x[0];
            for (var i = 1; i < columns; i++) largest = T.Max(largest, x[i]);
            for (var i = 0; i < columns; i++) y[i] = x[i] - largest;
        }
    }

    [MethodImpl(Hot)]
    public override void Pool(PoolShape shape, T* x, T* y, bool accumulate)
    {
        var (side, channels) = (shape.Side, shape.Channels);
        var (rows, width) = (shape.Images * (shape.Height / side), shape.Width / side);
        var share = T.One / T.CreateChecked(side * side);
        var pitch = (long)shape.Width * channels;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < width; column++, y += channels)
            {
                var corner = x + (row * side * pitch) + ((long)column * side * channels);
                var c = 0;
                for (; c + L.Count <= channels; c += L.Count) At<L>(corner + c, y + c);
                for (; c < channels; c++) At<Lane<T>>(corner + c, y + c);
            }
        }

        [MethodImpl(Inlined)]
        void At<V>(T* corner, T* to)
            where V : unmanaged, ILanes<V, T>
        {
            V sum = default;
            for (var i = 0; i < side; i++)
                for (var j = 0; j < side; j++)
                    sum += V.Load(corner + (i * pitch) + (j * channels));
            V.Store(accumulate ? V.Fma(V.All(share), sum, V.Load(to)) : V.All(share) * sum, to);
        }
    }

    [MethodImpl(Hot)]
    public override void Unpool(PoolShape shape, T* y, T* x, bool accumulate)
    {
        var (side, channels) = (shape.Side, shape.Channels);
        var (rows, width) = (shape.Images * (shape.Height / side), shape.Width / side);
        var share = T.One / T.CreateChecked(side * side);
        var pitch = (long)shape.Width * channels;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < width; column++, y += channels)
            {
                var corner = x + (row * side * pitch) + ((long)column * side * channels);
                var c = 0;
                for (; c + L.Count <= channels; c += L.Count) At<L>(y + c, corner + c);
                for (; c < channels; c++) At<Lane<T>>(y + c, corner + c);
            }
        }

        [MethodImpl(Inlined)]
        void At<V>(T* from, T* corner)
            where V : unmanaged, ILanes<V, T>
        {
            var part = V.All(share) * V.Load(from);
            for (var i = 0; i < side; i++)
            {
                for (var j = 0; j < side; j++)
                {
                    var to = corner + (i * pitch) + (j * channels);
                    V.Store(accumulate ? V.Load(to) + part : part, to);
                }
            }
        }
    }

    public override void Product(TileProduct shape, T* a, T* b, T* c, bool accumulate) => shape.Run<L, T>(a, b, c, accumulate);
}
