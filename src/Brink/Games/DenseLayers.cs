using System.Numerics;
using Brink.Kernels;

namespace Brink.Games;

/// <summary>The layers of a dense relu network in memory, for a number of rows: y_l = a_{l-1} W_l^T + b_l and a_l = max(0, y_l),
/// without relu in the last layer.</summary>
/// <remarks>Parameters are W_1 [out,in], b_1, W_2, ...; an array of activations holds a_0, ..., a_L, each [rows,units].</remarks>
internal sealed unsafe class DenseLayers<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Passes<T> _passes;
    private readonly int[] _units, _weights, _biases, _starts;
    private readonly int _rows;

    public DenseLayers(Passes<T> passes, int[] units, int rows)
    {
        (_passes, _units, _rows) = (passes, units, rows);
        (_weights, _biases, _starts) = (new int[units.Length], new int[units.Length], new int[units.Length]);
        for (var l = 0; l < units.Length; l++)
        {
            if (l > 0)
            {
                _weights[l] = Parameters;
                _biases[l] = Parameters + (units[l] * units[l - 1]);
                Parameters = _biases[l] + units[l];
            }
            _starts[l] = Length;
            Length += rows * units[l];
        }
    }

    /// <summary>Number of layers L.</summary>
    public int Depth => _units.Length - 1;

    /// <summary>Number of parameters.</summary>
    public int Parameters { get; }

    /// <summary>Length of an array of activations, and of the largest of its parts.</summary>
    public int Length { get; }

    /// <inheritdoc cref="Length"/>
    public int Widest => _rows * _units.Max();

    public int Units(int l) => _units[l];

    /// <summary>Returns the part of layer l in an array of activations.</summary>
    public T* At(T* activations, int l) => activations + _starts[l];

    /// <summary>Computes all activations from a_0.</summary>
    public void Forward(T* w, T* a)
    {
        for (var l = 1; l <= Depth; l++)
        {
            Affine(l, w, At(a, l - 1), At(a, l));
            if (l < Depth) Relu(At(a, l), _rows * _units[l]);
        }
    }

    /// <summary>Computes the tangents t_1, ..., t_L along v, with t_0 = 0.</summary>
    public void Tangents(T* w, T* v, T* a, T* t)
    {
        for (var l = 1; l <= Depth; l++)
        {
            Affine(l, v, At(a, l - 1), At(t, l));
            if (l > 1) AddLinear(l, w, At(t, l - 1), At(t, l));
            if (l < Depth) Mask(l, a, At(t, l));
        }
    }

    /// <summary>y = x W_l^T + b_l.</summary>
    public void Affine(int l, T* w, T* x, T* y)
    {
        _passes.SpreadColumns(new(1, _rows, _units[l]), 1, w + _biases[l], y, accumulate: false);
        AddLinear(l, w, x, y);
    }

    /// <summary>y += x W_l^T.</summary>
    public void AddLinear(int l, T* w, T* x, T* y)
    {
        var (i, o) = (_units[l - 1], _units[l]);
        _passes.Product(new(x, _rows, i, i), new(w + _weights[l], i, o, i, transposed: true), new(y, _rows, o, o), accumulate: true);
    }

    /// <summary>y (+)= g W_l, for some of the rows.</summary>
    public void BackTo(int l, T* w, T* g, T* y, int rows, bool accumulate)
    {
        var (i, o) = (_units[l - 1], _units[l]);
        _passes.Product(new(g, rows, o, o), new(w + _weights[l], o, i, i), new(y, rows, i, i), accumulate);
    }

    /// <summary>Computes g_{l-1} = (g_l W_l) where a_{l-1} is positive.</summary>
    public void BackMasked(int l, T* w, T* a, T* g)
    {
        BackTo(l, w, At(g, l), At(g, l - 1), _rows, accumulate: false);
        Mask(l - 1, a, At(g, l - 1));
    }

    /// <summary>Adds g^T a to the matrix of layer l in the result, or stores it there.</summary>
    public void Weights(int l, T* g, T* a, T* result, bool accumulate)
    {
        var (i, o) = (_units[l - 1], _units[l]);
        _passes.Product(new(g, o, _rows, o, transposed: true), new(a, _rows, i, i), new(result + _weights[l], o, i, i), accumulate);
    }

    /// <summary>Stores the sums over the rows of g as the bias of layer l in the result.</summary>
    public void Biases(int l, T* g, T* result) =>
        _passes.SumColumns(new(1, _rows, _units[l]), 1, g, null, result + _biases[l], accumulate: false);

    /// <summary>y = 0 where a_l is not positive.</summary>
    public void Mask(int l, T* a, T* y)
    {
        var (n, i) = (_rows * _units[l], 0);
        var x = At(a, l);
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            var kept = Vector.GreaterThan(Vector.Load(x + i), Vector<T>.Zero);
            Vector.ConditionalSelect(kept, Vector.Load(y + i), Vector<T>.Zero).Store(y + i);
        }
        for (; i < n; i++) if (!(x[i] > T.Zero)) y[i] = T.Zero;
    }

    // A NaN stays visible.
    private static void Relu(T* y, int n)
    {
        var i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
        {
            var x = Vector.Load(y + i);
            Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), Vector<T>.Zero, x).Store(y + i);
        }
        for (; i < n; i++) if (y[i] < T.Zero) y[i] = T.Zero;
    }
}
