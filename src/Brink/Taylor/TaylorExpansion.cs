using System.Numerics;
using Brink.Kernels;
using Brink.Objectives;

namespace Brink.Taylor;

/// <summary>The expansion at a point. Order 0, the linearisation, is kept, so that a direction costs only its own
/// orders.</summary>
/// <remarks>If the first order of all tiles is small enough to stay in the cache, that of the last direction is kept too: a
/// third derivative along it then begins with the second order. A gradient that was not wanted at first is computed from the
/// beginning once it is read.</remarks>
internal sealed unsafe class TaylorExpansion<T> : IExpansion
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TaylorLoss<T> _loss;
    private readonly Tensor _theta;
    private readonly Growing _others = new();
    private readonly NativeBlock _memory;
    private readonly SharedCoefficient _point;
    private readonly nint _kept, _firstOrders;
    private Tensor? _gradient;             // null where it was not wanted so far
    private Tensor? _direction;            // whose first order is in memory
    private bool _isDisposed;

    public TaylorExpansion(TaylorLoss<T> loss, Tensor theta, Backward backward)
    {
        _loss = loss;
        using var scope = NewDisposeScope();
        _theta = TensorMemory.Copy(theta.detach()).DetachFromDisposeScope();
        _memory = loss.Keep();
        _firstOrders = loss.FirstOrders == 0 ? 0 : (nint)_memory.Data;
        _kept = (nint)_memory.Data + (nint)(loss.FirstOrders * sizeof(T));
        _point = loss.Point(_theta, _others);
        Loss = loss.Lowest(_point, backward, _kept) + loss.Decay(_theta);
        if (backward == Backward.ToTheta) _gradient = loss.Gradient(_theta).DetachFromDisposeScope();
    }

    public double Loss { get; }

    public Tensor Gradient => _gradient ??= _loss.LossAndGradient(_theta).Gradient.DetachFromDisposeScope();

    public Tensor HessianTimes(Tensor v)
    {
        _loss.Check(v, nameof(v));
        using var scope = NewDisposeScope();
        var rows = (v.dim() == 1 ? v.unsqueeze(0) : v).contiguous();
        var single = rows.shape[0] == 1 && _firstOrders != 0;
        if (single) CacheFirstOrders(rows[0]);
        var products = _loss.HessianTimes(_point, rows, _kept, single ? _firstOrders : 0);
        return scope.MoveToOuter(v.dim() == 1 ? products[0] : products);
    }

    public Tensor ThirdDerivative(Tensor u, Tensor v)
    {
        _loss.Check(u, nameof(u));
        _loss.Check(v, nameof(v));
        using var scope = NewDisposeScope();
        if (ReferenceEquals(u, v) || u.equal(v).all().ToBoolean()) return scope.MoveToOuter(Along(u, 2));
        // Polarisation of a symmetric bilinear form, with vectors of equal length: 4 D(u,v) = D(u+v) - D(u-v).
        var (lengthU, lengthV) = (u.norm().ToDouble(), v.norm().ToDouble());
        if (lengthU == 0 || lengthV == 0) return scope.MoveToOuter(zeros_like(u));
        var (e, f) = (u / lengthU, v / lengthV);
        return scope.MoveToOuter((Along(e + f, 2) - Along(e - f, 2)).mul_(lengthU * lengthV / 4));
    }

    public void Dispose()
    {
        // The memory is returned once: the next expansion may use it already.
        if (_isDisposed) return;
        _isDisposed = true;
        _loss.Return(_memory);
        _others.Dispose();
        _theta.Dispose();
        _direction?.Dispose();
        _gradient?.Dispose();
    }

    /// <summary>Returns a derivative of the loss with all arguments but one set to u, a vector [p]: D3L(u,u) for order 3,
    /// D4L(u,u,u) for order 4.</summary>
    internal Tensor Along(Tensor u, int order)
    {
        using var scope = NewDisposeScope();
        var direction = u.contiguous();
        var has = _direction is not null && _direction.equal(direction).all().ToBoolean();
        if (!has && _firstOrders != 0) CacheFirstOrders(direction);
        return scope.MoveToOuter(_loss.Derivative(_point, direction, order, has, _kept, _firstOrders));
    }

    private void CacheFirstOrders(Tensor direction)
    {
        _direction?.Dispose();
        _direction = direction.clone().DetachFromDisposeScope();
    }
}
