using System.Runtime.CompilerServices;

namespace Brink.Kernels;

/// <summary>Passes over a few long rows at once, block by block: what is read from memory is used while it is in the
/// cache.</summary>
internal sealed unsafe partial class LanePasses<L, T>
{
    private const int Block = 1024;

    public override void Inner(long start, long end, T** a, int m, T** b, int n, double* sums)
    {
        for (; start < end; start += Block)
        {
            var count = Math.Min(Block, end - start);
            for (var i = 0; i < m; i++)
            {
                var j = 0;
                for (; j + 4 <= n; j += 4) Dots(count, a[i] + start, b + j, start, sums + (i * n) + j);
                for (; j < n; j++) sums[(i * n) + j] += double.CreateTruncating(Dot(count, a[i] + start, b[j] + start));
            }
        }
    }

    public override void Combine(long start, long end, T* w, T** x, int n, T** y, int m, double* squares)
    {
        for (; start < end; start += Block)
        {
            var count = Math.Min(Block, end - start);
            for (var i = 0; i < m; i++)
            {
                var to = y[i] + start;
                Combine(count, w + (i * n), x, start, n, to);
                squares[i] += double.CreateTruncating(Dot(count, to, to));
            }
        }
    }

    /// <summary>y = sum_l w_l x_l for a block, four rows at a time.</summary>
    private void Combine(long count, T* w, T** x, long start, int n, T* y)
    {
        var weights = stackalloc T[4];
        var rows = stackalloc T*[4];
        var (taken, accumulate) = (0, false);
        for (var l = 0; l < n; l++)
        {
            if (w[l] == T.Zero) continue;
            weights[taken] = w[l];
            rows[taken] = x[l] + start;
            if (++taken < 4) continue;
            Four(count, weights, rows, y, accumulate);
            (taken, accumulate) = (0, true);
        }
        for (var l = 0; l < taken; l++, accumulate = true) Scale(count, double.CreateTruncating(weights[l]), rows[l], y, accumulate);
        if (!accumulate) new Span<T>(y, (int)count).Clear();
    }

    [MethodImpl(Hot)]
    private static void Four(long count, T* w, T** x, T* y, bool accumulate)
    {
        T* x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
        var (w0, w1, w2, w3) = (w[0], w[1], w[2], w[3]);
        long i = 0;
        for (; i + L.Count <= count; i += L.Count) At<L>(i);
        for (; i < count; i++) At<Lane<T>>(i);

        [MethodImpl(Inlined)]
        void At<V>(long i)
            where V : unmanaged, ILanes<V, T>
        {
            var sum = V.Fma(V.All(w1), V.Load(x1 + i), V.All(w0) * V.Load(x0 + i));
            sum = V.Fma(V.All(w3), V.Load(x3 + i), V.Fma(V.All(w2), V.Load(x2 + i), sum));
            V.Store(accumulate ? sum + V.Load(y + i) : sum, y + i);
        }
    }

    /// <summary>sums[j] += x . y_j for a block, for four rows y_j.</summary>
    [MethodImpl(Hot)]
    private static void Dots(long count, T* x, T** y, long start, double* sums)
    {
        T* y0 = y[0] + start, y1 = y[1] + start, y2 = y[2] + start, y3 = y[3] + start;
        L s0 = default, s1 = default, s2 = default, s3 = default;
        long i = 0;
        for (; i + L.Count <= count; i += L.Count)
        {
            var lanes = L.Load(x + i);
            s0 = L.Fma(lanes, L.Load(y0 + i), s0);
            s1 = L.Fma(lanes, L.Load(y1 + i), s1);
            s2 = L.Fma(lanes, L.Load(y2 + i), s2);
            s3 = L.Fma(lanes, L.Load(y3 + i), s3);
        }
        T r0 = L.Sum(s0), r1 = L.Sum(s1), r2 = L.Sum(s2), r3 = L.Sum(s3);
        for (; i < count; i++)
        {
            r0 = T.FusedMultiplyAdd(x[i], y0[i], r0);
            r1 = T.FusedMultiplyAdd(x[i], y1[i], r1);
            r2 = T.FusedMultiplyAdd(x[i], y2[i], r2);
            r3 = T.FusedMultiplyAdd(x[i], y3[i], r3);
        }
        sums[0] += double.CreateTruncating(r0);
        sums[1] += double.CreateTruncating(r1);
        sums[2] += double.CreateTruncating(r2);
        sums[3] += double.CreateTruncating(r3);
    }

    [MethodImpl(Hot)]
    private static T Dot(long count, T* x, T* y)
    {
        L s0 = default, s1 = default, s2 = default, s3 = default;
        long i = 0;
        for (; i + (4 * L.Count) <= count; i += 4 * L.Count)
        {
            s0 = L.Fma(L.Load(x + i), L.Load(y + i), s0);
            s1 = L.Fma(L.Load(x + i + L.Count), L.Load(y + i + L.Count), s1);
            s2 = L.Fma(L.Load(x + i + (2 * L.Count)), L.Load(y + i + (2 * L.Count)), s2);
            s3 = L.Fma(L.Load(x + i + (3 * L.Count)), L.Load(y + i + (3 * L.Count)), s3);
        }
        for (; i + L.Count <= count; i += L.Count) s0 = L.Fma(L.Load(x + i), L.Load(y + i), s0);
        var sum = L.Sum(s0 + s1 + (s2 + s3));
        for (; i < count; i++) sum = T.FusedMultiplyAdd(x[i], y[i], sum);
        return sum;
    }
}
