using Brink.Objectives;

namespace Brink.Distributed;

/// <summary>A mean loss over samples, computed by all processes that mpirun started: rank 0 leads, with objectives like any others; the
/// other ranks serve it.</summary>
/// <remarks>
/// <para>Gradients, Hessian products and third derivatives are sums over samples. For each of them rank 0 sends an order with the
/// vectors, every process computes the part of its shards, and the parts are added on rank 0: two transfers of p numbers, as
/// an all-reduce has. Eigenpairs, dynamics and records exist on rank 0 alone, so that processes cannot come to differ.</para>
/// </remarks>
public sealed class DistributedLoss : IDisposable
{
    private const int OrderLength = 4;

    private readonly Communicator _ranks;
    private readonly ShardSum _sum;
    private readonly long _dimension;
    private readonly Func<ScalarType, long, long, IObjective> _shard;
    private readonly Dictionary<long, ShardedLoss> _losses = [];
    private readonly Dictionary<long, ShardedLoss.Expansion> _expansions = [];
    private readonly Dictionary<ScalarType, IObjective> _objectives = [];
    private long _opened;
    private bool _isClosed;

    /// <summary>Every process makes one with the same arguments.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="reduction">How their parts are added.</param>
    /// <param name="samples">Number of samples n.</param>
    /// <param name="dimension">Number of parameters p.</param>
    /// <param name="shard">Returns the mean loss in a precision over some samples, from the first one and their number; this object
    /// disposes it if it is disposable.</param>
    public DistributedLoss(
        Communicator ranks, Reduction reduction, long samples, long dimension, Func<ScalarType, long, long, IObjective> shard)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        (_ranks, _sum, _dimension, _shard) = (ranks, new(ranks, reduction, samples), dimension, shard);
    }

    private enum Order
    {
        Open,
        Loss,
        LossAndGradient,
        Expand,
        Curvature,
        LossThere,
        Gradient,
        Product,
        ThirdDerivative,
        Free,
        Close,
    }

    /// <summary>Returns the mean loss, on rank 0; valid until this object is disposed.</summary>
    /// <param name="precision">float32 or float64.</param>
    public IObjective Objective(ScalarType precision)
    {
        if (_objectives.TryGetValue(precision, out var known)) return known;
        var id = ++_opened;
        Send(Order.Open, id, precision == ScalarType.Float64 ? 1 : 0);
        return _objectives[precision] = new Led(this, id, Opened(id, precision));
    }

    /// <summary>Serves rank 0, on another rank, until rank 0 disposes its object.</summary>
    public void Serve()
    {
        while (true)
        {
            using var scope = NewDisposeScope();
            var order = _ranks.Broadcast(new long[OrderLength]);
            var (id, size) = (order[1], order[2]);
            switch ((Order)order[0])
            {
                case Order.Open:
                    Opened(id, size == 1 ? ScalarType.Float64 : ScalarType.Float32);
                    break;
                case Order.Loss:
                    _losses[id].Loss(Received(_losses[id]));
                    break;
                case Order.LossAndGradient:
                    _losses[id].LossAndGradient(Received(_losses[id]));
                    break;
                case Order.Expand or Order.Curvature:
                    _expansions[order[3]] = _losses[id].ExpandAt(Received(_losses[id]), (Order)order[0] == Order.Expand);
                    break;
                case Order.LossThere:
                    _expansions[order[3]].Loss();
                    break;
                case Order.Gradient:
                    _expansions[order[3]].Gradient();
                    break;
                case Order.Product:
                    _expansions[order[3]].HessianTimes(Received(_losses[id], size));
                    break;
                case Order.ThirdDerivative:
                    var u = Received(_losses[id]);
                    _expansions[order[3]].ThirdDerivative(u, size == 1 ? u : Received(_losses[id]));
                    break;
                case Order.Free:
                    _expansions.Remove(order[3], out var freed);
                    freed?.Dispose();
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>Frees the losses; on rank 0 the other ranks end their service.</summary>
    public void Dispose()
    {
        // After a failure the other ranks wait for the end of an order that will not come.
        if (_ranks.Rank == 0 && !_ranks.IsBroken) Send(Order.Close);
        _isClosed = true;
        foreach (var expansion in _expansions.Values) expansion.Dispose();
        foreach (var loss in _losses.Values) loss.Dispose();
    }

    private ShardedLoss Opened(long id, ScalarType precision) => _losses[id] = new(
        _sum,
        _sum.Own.ToDictionary(shard => shard, shard =>
        {
            var (start, count) = _sum.Samples(shard);
            return (_shard(precision, start, count), _sum.Share(shard));
        }),
        _dimension,
        precision);

    /// <param name="order">What to do.</param>
    /// <param name="id">Number of the loss.</param>
    /// <param name="size">Number of rows of the vectors: 0 for one vector [p].</param>
    /// <param name="expansion">Number of the expansion.</param>
    private void Send(Order order, long id = 0, long size = 0, long expansion = 0) =>
        _ranks.Broadcast([(long)order, id, size, expansion]);

    private void Send(Order order, long id, Tensor vectors, long size = 0, long expansion = 0)
    {
        Send(order, id, size, expansion);
        Send(vectors);
    }

    private void Send(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        _ranks.Broadcast(vectors.contiguous());
    }

    /// <summary>Computes rank 0's part of an order that was sent.</summary>
    private T Own<T>(Func<T> part)
    {
        try
        {
            return part();
        }
        catch
        {
            _ranks.IsBroken = true;
            throw;
        }
    }

    private Tensor Received(ShardedLoss loss, long rows = 0)
    {
        var vectors = rows == 0 ? empty(_dimension, dtype: loss.Precision) : empty(rows, _dimension, dtype: loss.Precision);
        _ranks.Broadcast(vectors);
        return vectors;
    }

    /// <summary>The loss as rank 0 sees it.</summary>
    private sealed class Led(DistributedLoss all, long id, ShardedLoss own) : IObjective
    {
        public long Dimension => own.Dimension;

        public ScalarType Precision => own.Precision;

        public double Loss(Tensor theta)
        {
            all.Send(Order.Loss, id, theta);
            return all.Own(() => own.Loss(theta));
        }

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
        {
            all.Send(Order.LossAndGradient, id, theta);
            return all.Own(() => own.LossAndGradient(theta));
        }

        public IExpansion ExpandAt(Tensor theta) => Expanded(theta, Order.Expand);

        public IExpansion CurvatureAt(Tensor theta) => Expanded(theta, Order.Curvature);

        private LedExpansion Expanded(Tensor theta, Order order)
        {
            var expansion = ++all._opened;
            all.Send(order, id, theta, expansion: expansion);
            return new(all, id, expansion, all.Own(() => own.ExpandAt(theta, order == Order.Expand)));
        }
    }

    private sealed class LedExpansion(DistributedLoss all, long id, long expansion, ShardedLoss.Expansion own) : IExpansion
    {
        private double? _loss;
        private Tensor? _gradient;
        private bool _isFreed;

        public double Loss
        {
            get
            {
                if (_loss is { } known) return known;
                all.Send(Order.LossThere, id, expansion: expansion);
                return (_loss = all.Own(own.Loss)).Value;
            }
        }

        public Tensor Gradient
        {
            get
            {
                if (_gradient is not null) return _gradient;
                all.Send(Order.Gradient, id, expansion: expansion);
                return _gradient = all.Own(own.Gradient).DetachFromDisposeScope();
            }
        }

        public Tensor HessianTimes(Tensor v)
        {
            all.Send(Order.Product, id, v, v.dim() == 2 ? v.shape[0] : 0, expansion);
            return all.Own(() => own.HessianTimes(v));
        }

        public Tensor ThirdDerivative(Tensor u, Tensor v)
        {
            var isSame = ReferenceEquals(u, v);
            all.Send(Order.ThirdDerivative, id, u, isSame ? 1 : 0, expansion);
            if (!isSame) all.Send(v);
            return all.Own(() => own.ThirdDerivative(u, v));
        }

        public void Dispose()
        {
            if (_isFreed) return;
            _isFreed = true;
            if (!all._isClosed && !all._ranks.IsBroken) all.Send(Order.Free, expansion: expansion);
            own.Dispose();
            _gradient?.Dispose();
        }
    }
}
