using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Games;

/// <summary>B GANs of dense relu networks with the non-saturating loss, side by side: l1 = mean softplus(-D(G(z))) of the
/// generator, and l2 = mean softplus(-D(x)) + mean softplus(D(G(z))) of the discriminator (Goodfellow et al., NeurIPS 2014).</summary>
/// <remarks>Derivatives are exact and by hand (<see cref="GanSweep{T}"/>), in the precision of the parameters. The derivative
/// of relu at 0 is 0.</remarks>
/// <param name="Shape">Sizes of the networks.</param>
/// <param name="Real">Data x of a step [B,n,d].</param>
/// <param name="Noise">Inputs z of the generators [B,n,latent].</param>
public sealed record DenseGan(DenseGanShape Shape, Tensor Real, Tensor Noise) : IGame
{
    /// <inheritdoc/>
    public IReadOnlyList<long> Players => Shape.Players;

    /// <inheritdoc/>
    public Tensor Xi(Tensor w)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(At(w).Xi);
    }

    /// <inheritdoc/>
    public IGamePoint At(Tensor w)
    {
        long[] expected = [Real.shape[0], Players.Sum()];
        if (!w.shape.SequenceEqual(expected))
            throw new ArgumentException($"w has shape [{string.Join(',', w.shape)}]; it must be [{string.Join(',', expected)}]", nameof(w));
        return w.dtype switch
        {
            ScalarType.Float32 => new Point<float>(this, w),
            ScalarType.Float64 => new Point<double>(this, w),
            _ => throw new ArgumentException($"w is of type {w.dtype}; it must be float32 or float64", nameof(w)),
        };
    }

    /// <summary>The derivatives at a point: what all products share stays in one row of memory for each game.</summary>
    private sealed unsafe class Point<T> : IGamePoint
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly GanSweep<T> _sweep;
        private readonly Tensor _w, _real, _noise, _kept;

        public Point(DenseGan gan, Tensor w)
        {
            _sweep = new(gan.Shape, (int)gan.Real.shape[1]);
            (_w, _real, _noise) = (w.contiguous(), Of(gan.Real), Of(gan.Noise));
            _kept = empty(w.shape[0], _sweep.Kept, dtype: w.dtype);
            Xi = empty_like(_w);
            Each(null, Xi, (sweep, at, _, result) => sweep.Gradients(at, result));

            Tensor Of(Tensor samples) => samples.to(w.dtype).contiguous();
        }

        private delegate void Pass(GanSweep<T> sweep, GanMemory<T> at, T* v, T* result);

        public Tensor Xi { get; }

        public Tensor JacobianTimes(Tensor v) => Product(v, (sweep, at, u, result) => sweep.JacobianTimes(at, u, result));

        public Tensor TransposeTimes(Tensor v) => Product(v, (sweep, at, u, result) => sweep.TransposeTimes(at, u, result));

        private Tensor Product(Tensor v, Pass pass)
        {
            using var scope = NewDisposeScope();
            var result = empty_like(_w);
            Each(v.contiguous(), result, pass);
            return scope.MoveToOuter(result);
        }

        private void Each(Tensor? v, Tensor result, Pass pass)
        {
            var games = (int)_w.shape[0];
            var shares = Math.Min(games, get_num_threads());
            using var temporary = empty(shares, _sweep.Temporary, dtype: _w.dtype);
            var (w, real, noise, kept, temp, u, y) = (
                Of(_w), Of(_real), Of(_noise), Of(_kept), Of(temporary), v is null ? default : Of(v), Of(result));
            Team.Run(shares, share =>
            {
                for (var i = share * games / shares; i < (share + 1) * games / shares; i++)
                {
                    var at = new GanMemory<T>(w.Row(i), real.Row(i), noise.Row(i), kept.Row(i), temp.Row(share));
                    pass(_sweep, at, u.Row(i), y.Row(i));
                }
            });

            static RowsOf Of(Tensor rows) => new((T*)TensorMemory.Address(rows), rows.numel() / rows.shape[0]);
        }

        /// <summary>Rows of equal length in memory; none where the address is null.</summary>
        [StructLayout(LayoutKind.Auto)]
        private readonly struct RowsOf(T* first, long length)
        {
            private readonly T* _first = first;

            public T* Row(long i) => _first == null ? null : _first + (i * length);
        }
    }
}
