using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Games;

/// <summary>The gradients of one GAN of dense relu networks, and the products with its Jacobian J and with J^T.</summary>
/// <remarks>With relu, each network is linear in each layer between its kinks, so that all curvature comes from the loss and
/// from products of layers. a are activations (a_0 the input), g the gradient of a logit by the values before an activation,
/// delta that of the generator's loss; t and T are tangents along a direction v, p adjoints. c, e and k are the derivatives of
/// the losses by a logit s: c of the discriminator's, e of the generator's, k = sigma(s)(1 - sigma(s))/n of both once more.
/// The discriminator sees 2 n rows: n of data, then n generated.</remarks>
internal sealed unsafe class GanSweep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Passes<T> _passes = Passes<T>.Widest;
    private readonly DenseLayers<T> _generator, _discriminator;
    private readonly int _n, _dimension, _inputs;
    private readonly double _scale;

    /// <param name="shape">Sizes of the networks.</param>
    /// <param name="n">Samples of each kind.</param>
    public GanSweep(DenseGanShape shape, int n)
    {
        (_n, _dimension, _scale) = (n, shape.Dimension, shape.InputScale);
        _inputs = n * _dimension;
        _generator = new(_passes, shape.Generator, n);
        _discriminator = new(_passes, shape.Discriminator, 2 * n);
        Kept = (2 * _generator.Length) + (2 * _discriminator.Length) + _inputs + (5 * n);
        Temporary = _generator.Length + (2 * _discriminator.Length) + (3 * Math.Max(_generator.Widest, _discriminator.Widest)) + (2 * n);
    }

    /// <summary>Numbers that a game keeps between passes, and numbers that a pass needs while it runs.</summary>
    public int Kept { get; }

    /// <inheritdoc cref="Kept"/>
    public int Temporary { get; }

    /// <summary>Computes xi.</summary>
    public void Gradients(in GanMemory<T> at, T* xi)
    {
        var m = new Places(this, at);
        var (G, D) = (_generator, _discriminator);
        NativeMemory.Copy(at.Noise, m.A, (nuint)(_n * G.Units(0) * sizeof(T)));
        G.Forward(at.W, m.A);
        _passes.Scale(_inputs, _scale, at.Real, m.B, accumulate: false);
        _passes.Scale(_inputs, _scale, G.At(m.A, G.Depth), m.B + _inputs, accumulate: false);
        D.Forward(m.WD, m.B);
        Slopes(D.At(m.B, D.Depth), m);

        new Span<T>(D.At(m.Slopes, D.Depth), 2 * _n).Fill(T.One);
        for (var l = D.Depth; l > 1; l--) D.BackMasked(l, m.WD, m.B, m.Slopes);
        D.BackTo(1, m.WD, D.At(m.Slopes, 1) + (_n * D.Units(1)), m.Inward, _n, accumulate: false);
        _passes.Scale(_inputs, _scale, m.Inward, m.Inward, accumulate: false);
        var xiD = xi + G.Parameters;
        for (var l = 1; l <= D.Depth; l++)
        {
            Weighted(l, m.C, D.At(m.Slopes, l), m.Q);
            D.Weights(l, m.Q, D.At(m.B, l - 1), xiD, accumulate: false);
            D.Biases(l, m.Q, xiD);
        }

        _passes.MultiplyRows(_n, _dimension, m.Inward, m.E, G.At(m.Delta, G.Depth), accumulate: false);
        for (var l = G.Depth; l >= 1; l--)
        {
            G.Weights(l, G.At(m.Delta, l), G.At(m.A, l - 1), xi, accumulate: false);
            G.Biases(l, G.At(m.Delta, l), xi);
            if (l > 1) G.BackMasked(l, at.W, m.A, m.Delta);
        }
    }

    /// <summary>Computes J^T v, the gradient of xi . v = n^-1 sum e (tangent of s along v_G) + c (tangent of s along v_D), with
    /// constant v.</summary>
    public void TransposeTimes(in GanMemory<T> at, T* v, T* result)
    {
        var m = new Places(this, at);
        var (G, D) = (_generator, _discriminator);
        T* vD = v + G.Parameters, yD = result + G.Parameters;
        G.Tangents(at.W, v, m.A, m.Along);
        var made = G.At(m.Along, G.Depth);

        // Tangents of the logits: each layer's own change b_l = a_{l-1} V^T + v_b meets the gradient g_l of the logit.
        new Span<T>(m.S, 2 * _n).Clear();
        for (var l = 1; l <= D.Depth; l++)
        {
            D.Affine(l, vD, D.At(m.B, l - 1), D.At(m.Changes, l));
            _passes.SumRows(2 * _n, D.Units(l), 1, D.At(m.Slopes, l), D.At(m.Changes, l), m.S, accumulate: true);
        }
        _passes.SumRows(_n, _dimension, 1, m.Inward, made, m.S + _n, accumulate: true);

        // Both tangents in one, each weighted by the slope of its loss: e along v_G, c along v_D.
        new Span<T>(m.U, _inputs).Clear();
        _passes.MultiplyRows(_n, _dimension, made, m.E, m.U + _inputs, accumulate: false);
        _passes.Scale(_inputs, _scale, m.U + _inputs, m.U + _inputs, accumulate: false);
        for (var l = 1; l < D.Depth; l++)
        {
            Weighted(l, m.C, D.At(m.Changes, l), D.At(m.U, l));
            D.AddLinear(l, m.WD, D.At(m.U, l - 1), D.At(m.U, l));
            D.Mask(l, m.B, D.At(m.U, l));
        }

        T* p = m.P, next = m.R;
        _passes.Multiply(2 * _n, m.S, m.K, p, accumulate: false);
        for (var l = D.Depth; l >= 1; l--)
        {
            D.Weights(l, p, D.At(m.B, l - 1), yD, accumulate: false);
            D.Weights(l, D.At(m.Slopes, l), D.At(m.U, l - 1), yD, accumulate: true);
            D.Biases(l, p, yD);
            Weighted(l, m.C, D.At(m.Slopes, l), m.Q);
            D.BackTo(l, m.WD, p, next, 2 * _n, accumulate: false);
            D.BackTo(l, vD, m.Q, next, 2 * _n, accumulate: true);
            if (l > 1) D.Mask(l - 1, m.B, next);
            Swap(ref p, ref next);
        }

        _passes.Scale(_inputs, _scale, p + _inputs, next, accumulate: false);
        Swap(ref p, ref next);
        BackThroughGenerator(at.W, v, m, p, next, result);
    }

    /// <summary>Computes J v, the derivative of xi along v.</summary>
    public void JacobianTimes(in GanMemory<T> at, T* v, T* result)
    {
        var m = new Places(this, at);
        var (G, D) = (_generator, _discriminator);
        T* vD = v + G.Parameters, yD = result + G.Parameters;
        G.Tangents(at.W, v, m.A, m.Along);
        new Span<T>(m.U, _inputs).Clear();
        _passes.Scale(_inputs, _scale, G.At(m.Along, G.Depth), m.U + _inputs, accumulate: false);
        for (var l = 1; l <= D.Depth; l++)
        {
            D.Affine(l, vD, D.At(m.B, l - 1), D.At(m.U, l));
            D.AddLinear(l, m.WD, D.At(m.U, l - 1), D.At(m.U, l));
            if (l < D.Depth) D.Mask(l, m.B, D.At(m.U, l));
        }
        _passes.Multiply(2 * _n, D.At(m.U, D.Depth), m.K, m.S, accumulate: false);   // of c and of e

        T* p = m.P, next = m.R;   // p: derivative of g
        new Span<T>(p, 2 * _n).Clear();
        for (var l = D.Depth; l >= 1; l--)
        {
            Weighted(l, m.C, D.At(m.Slopes, l), m.Q);
            D.Weights(l, m.Q, D.At(m.U, l - 1), yD, accumulate: false);
            _passes.MultiplyRows(2 * _n, D.Units(l), D.At(m.Slopes, l), m.S, m.Q, accumulate: false);
            _passes.MultiplyRows(2 * _n, D.Units(l), p, m.C, m.Q, accumulate: true);
            D.Weights(l, m.Q, D.At(m.B, l - 1), yD, accumulate: true);
            D.Biases(l, m.Q, yD);
            D.BackTo(l, m.WD, p, next, 2 * _n, accumulate: false);
            D.BackTo(l, vD, D.At(m.Slopes, l), next, 2 * _n, accumulate: true);
            if (l > 1) D.Mask(l - 1, m.B, next);
            Swap(ref p, ref next);
        }

        _passes.Scale(_inputs, _scale, p + _inputs, m.Q, accumulate: false);
        _passes.MultiplyRows(_n, _dimension, m.Inward, m.S + _n, next, accumulate: false);
        _passes.MultiplyRows(_n, _dimension, m.Q, m.E, next, accumulate: true);
        Swap(ref p, ref next);
        BackThroughGenerator(at.W, v, m, p, next, result);
    }

    // The derivatives of the generator's parameters along v, from those of its samples p; next is a second array of that size.
    private void BackThroughGenerator(T* w, T* v, in Places m, T* p, T* next, T* result)
    {
        var G = _generator;
        for (var l = G.Depth; l >= 1; l--)
        {
            G.Weights(l, p, G.At(m.A, l - 1), result, accumulate: false);
            if (l > 1) G.Weights(l, G.At(m.Delta, l), G.At(m.Along, l - 1), result, accumulate: true);
            G.Biases(l, p, result);
            if (l == 1) break;
            G.BackTo(l, w, p, next, _n, accumulate: false);
            G.BackTo(l, v, G.At(m.Delta, l), next, _n, accumulate: true);
            G.Mask(l - 1, m.A, next);
            Swap(ref p, ref next);
        }
    }

    // y = c x for each of the 2 n rows of a layer of the discriminator.
    private void Weighted(int layer, T* c, T* x, T* y) =>
        _passes.MultiplyRows(2 * _n, _discriminator.Units(layer), x, c, y, accumulate: false);

    private static void Swap(ref T* a, ref T* b)
    {
        var first = a;
        a = b;
        b = first;
    }

    private void Slopes(T* logits, in Places m)
    {
        var n = T.CreateTruncating(_n);
        for (var i = 0; i < 2 * _n; i++)
        {
            var sigma = T.One / (T.One + T.Exp(-logits[i]));
            m.C[i] = (i < _n ? sigma - T.One : sigma) / n;
            m.K[i] = sigma * (T.One - sigma) / n;
            if (i >= _n) m.E[i - _n] = (sigma - T.One) / n;
        }
    }

    /// <summary>Where the arrays of a game are: those that it keeps, then those of a pass.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly ref struct Places
    {
        public readonly T* WD, A, Delta, B, Slopes, Inward, C, E, K, Along, Changes, U, P, R, Q, S;

        public Places(GanSweep<T> sweep, in GanMemory<T> at)
        {
            var (g, d) = (sweep._generator.Length, sweep._discriminator.Length);
            var widest = Math.Max(sweep._generator.Widest, sweep._discriminator.Widest);
            WD = at.W + sweep._generator.Parameters;
            A = at.Kept;
            Delta = A + g;
            B = Delta + g;
            Slopes = B + d;
            Inward = Slopes + d;
            C = Inward + sweep._inputs;
            E = C + (2 * sweep._n);
            K = E + sweep._n;
            Along = at.Temporary;
            Changes = Along + g;
            U = Changes + d;
            P = U + d;
            R = P + widest;
            Q = R + widest;
            S = Q + widest;
        }
    }
}

/// <summary>The memory of one game in a pass: its parameters and samples, what it keeps, and what the pass needs.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe struct GanMemory<T>(T* w, T* real, T* noise, T* kept, T* temporary)
    where T : unmanaged
{
    public readonly T* W = w, Real = real, Noise = noise, Kept = kept, Temporary = temporary;
}
