using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;
using Brink.Objectives;

namespace Brink.Taylor;

/// <summary>The loss in one precision.</summary>
internal sealed unsafe class TaylorLoss<T> : TaylorLoss
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Bytes of the sums of products that are computed together; larger ones are computed one at a time.
    private const long SumBytes = 64L << 20;

    private readonly Passes<T> _passes;
    private readonly SharedNodes _shared;
    private readonly Sweep<T> _sharedSweep;
    private readonly Scratch _scratch = new();
    private readonly Growing _point = new(), _directions = new(), _sums = new();
    private readonly List<Share<T>> _shares = [];
    private readonly double _weight, _decay;
    private readonly long _kept, _firstOrders;
    private readonly Stack<NativeBlock> _free = [];

    public TaylorLoss(
        long dimension,
        Func<Tensor, Tensor, Value> loss,
        Tensor inputs,
        Tensor targets,
        long budget,
        double weightDecay,
        int? tile,
        Passes<T> passes)
        : this(
            dimension,
            Checked(inputs, targets),
            targets.dtype,
            (start, count) => loss(inputs.narrow(0, start, count), targets.narrow(0, start, count)),
            1.0 / targets.shape[0],
            budget,
            weightDecay,
            tile,
            passes)
    {
    }

    public TaylorLoss(
        long dimension,
        long samples,
        ScalarType precision,
        Func<long, long, Value> loss,
        double weight,
        long budget,
        double weightDecay,
        int? tile,
        Passes<T> passes)
        : base(dimension, precision)
    {
        (_weight, _decay, _passes) = (weight, weightDecay, passes);

        using var scope = NewDisposeScope();
        var partition = Partition.Of(samples, tile, loss);
        _shared = new(partition.SelectMany(share => share), dimension);
        _sharedSweep = new(new(passes, _scratch), _shared.Nodes.Count);
        foreach (var losses in partition)
        {
            var tiles = new List<Tile>();
            foreach (var value in losses)
            {
                var tape = new Tape(value, _shared, precision);
                var memory = new TapeMemory(tape);
                var isKept = (_kept + memory.Kept) * sizeof(T) <= budget;
                tiles.Add(new(tape, memory, isKept ? _kept : -1, _firstOrders));
                if (isKept) _kept += memory.Kept;
                _firstOrders += memory.Order;
            }
            _shares.Add(new(tiles, _shared, _weight, passes));
        }
    }

    public override long ExpansionBytes => (_kept + FirstOrders) * sizeof(T);

    /// <summary>Elements for the first order of all tiles if it stays in the last-level cache until it is read again; otherwise
    /// 0, and it is recomputed when needed.</summary>
    internal long FirstOrders => _firstOrders * sizeof(T) <= 32 << 20 ? _firstOrders : 0;

    public override double Loss(Tensor theta)
    {
        Check(theta, nameof(theta));
        using var scope = NewDisposeScope();
        var point = theta.contiguous();
        return Lowest(Point(point, _point), Backward.None, 0) + Decay(point);
    }

    public override (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        Check(theta, nameof(theta));
        using var scope = NewDisposeScope();
        var point = theta.detach().contiguous();
        var loss = Lowest(Point(point, _point), Backward.ToTheta, 0) + Decay(point);
        return (loss, scope.MoveToOuter(Gradient(point)));
    }

    public override IExpansion ExpandAt(Tensor theta)
    {
        Check(theta, nameof(theta));
        return new TaylorExpansion<T>(this, theta, Backward.ToTheta);
    }

    public override IExpansion CurvatureAt(Tensor theta)
    {
        Check(theta, nameof(theta));
        return new TaylorExpansion<T>(this, theta, Backward.WithinSamples);
    }

    public override void Dispose()
    {
        foreach (var share in _shares)
        {
            foreach (var tile in share.Tiles) tile.Tape.Dispose();
            share.Dispose();
        }
        foreach (var block in _free) block.Dispose();
        _free.Clear();
        _scratch.Dispose();
        _point.Dispose();
        _directions.Dispose();
        _sums.Dispose();
    }

    /// <summary>Allocates the memory of an expansion; <see cref="Return"/> makes it available again.</summary>
    internal NativeBlock Keep() => _free.TryPop(out var block) ? block : new((nuint)ExpansionBytes);

    internal void Return(NativeBlock block) => _free.Push(block);

    /// <summary>Elements of the shared nodes beyond theta.</summary>
    internal long Others => _shared.Length - Dimension;

    /// <summary>The coefficients of order 0 of theta and of the other shared nodes.</summary>
    internal SharedCoefficient Point(Tensor theta, Growing others) => Shared(theta, others.At(Others * sizeof(T)), 0);

    /// <summary>The loss without weight decay.</summary>
    internal double Lowest(SharedCoefficient point, Backward backward, nint kept)
    {
        var losses = new double[_shares.Count];
        Each(i => losses[i] = _shares[i].Lowest(point, backward, kept));
        return losses.Sum() * _weight;
    }

    internal double Decay(Tensor theta) => _decay == 0 ? 0 : _decay / 2 * theta.square().sum().ToDouble();

    /// <summary>The gradient [p] from the threads' sums.</summary>
    internal Tensor Gradient(Tensor theta) => Decayed(Collected(Fresh(theta), 0, 0), theta);

    /// <summary>H v for rows v [k,p].</summary>
    internal Tensor HessianTimes(SharedCoefficient point, Tensor rows, nint kept, nint firstOrders)
    {
        var products = Fresh(rows);
        // Each thread has its own sums for each row that is swept at once.
        var together = Math.Max(1, SumBytes / (_shares.Count * _shared.Length * sizeof(T)));
        for (var start = 0L; start < rows.shape[0]; start += together)
        {
            using var scope = NewDisposeScope();
            var part = rows.narrow(0, start, Math.Min(together, rows.shape[0] - start));
            Along(point, part, (1, 1), kept, firstOrders);
            for (var row = 0; row < part.shape[0]; row++) Collected(products[start + row], 1, row);
        }
        return Decayed(products, rows);
    }

    /// <summary>The derivative of order + 1 of the loss, along u [p] order times: order! times that order's coefficient of the
    /// gradient.</summary>
    internal Tensor Derivative(SharedCoefficient point, Tensor u, int order, bool hasFirst, nint kept, nint firstOrders)
    {
        Along(point, u.unsqueeze(0), (hasFirst ? 2 : 1, order), kept, firstOrders);
        return Collected(Fresh(u), order, 0).mul_(order == 2 ? 2 : 6);
    }

    private void Along(SharedCoefficient point, Tensor rows, (int First, int Last) orders, nint kept, nint firstOrders)
    {
        // Shared nodes are linear in theta: above the first order their coefficients are zero and never read.
        var length = Others * sizeof(T);
        var memory = _directions.At(rows.shape[0] * orders.Last * length);
        point.Place(_shared, _sharedSweep.Values[0], sizeof(T));
        var directions = new List<IReadOnlyList<SharedCoefficient>>();
        for (var row = 0; row < rows.shape[0]; row++)
        {
            var direction = new List<SharedCoefficient>();
            for (var order = 1; order <= orders.Last; order++, memory += (nint)length)
                direction.Add(Shared(order == 1 ? rows[row] : null, memory, order));
            directions.Add(direction);
        }
        Each(i => _shares[i].Higher(point, directions, orders, kept, firstOrders));
    }

    /// <summary>Computes a coefficient of all shared nodes; that of theta is zero beyond the first order and has no
    /// memory.</summary>
    private SharedCoefficient Shared(Tensor? theta, nint others, int order)
    {
        var coefficient = new SharedCoefficient(theta is null ? 0 : TensorMemory.Address(theta), others);
        coefficient.Place(_shared, _sharedSweep.Values[order], sizeof(T));
        _sharedSweep.Forward(_shared.Nodes, .., order);
        return coefficient;
    }

    /// <summary>Allocates adjoints of theta, set to zero if some entries belong to no parameter.</summary>
    private Tensor Fresh(Tensor like)
    {
        var rows = TensorMemory.Rows(like.dim() == 1 ? 1 : like.shape[0], Dimension, Precision);
        if (!_shared.CoversTheta) rows.zero_();
        return like.dim() == 1 ? rows[0] : rows;
    }

    /// <summary>Adds the derivative of weight decay: lambda times theta, or lambda times a direction.</summary>
    private Tensor Decayed(Tensor derivative, Tensor along) => _decay == 0 ? derivative : derivative.add_(along, alpha: _decay);

    /// <summary>Computes the adjoint of theta [p]: adds the threads' sums in order and passes them back through the shared
    /// nodes.</summary>
    /// <param name="result">Destination.</param>
    /// <param name="order">Order of the adjoint.</param>
    /// <param name="row">Index of the direction.</param>
    private Tensor Collected(Tensor result, int order, int row)
    {
        var adjoint = new SharedCoefficient(TensorMemory.Address(result), _sums.At(Others * sizeof(T)));
        adjoint.Place(_shared, _sharedSweep.Adjoints[order], sizeof(T));
        var written = _sharedSweep.Written[order];
        Team.Run(_shares.Count, part => SumShares(order, row, part));
        Array.Fill(written, true, 0, _shared.Nodes.Count);
        _sharedSweep.Backward(_shared.Nodes, .., order);
        return result;
    }

    /// <summary>Adds up the threads' sums of one part of each shared node; there are as many parts as threads.</summary>
    private void SumShares(int order, int row, int part)
    {
        for (var i = 0; i < _shared.Nodes.Count; i++)
        {
            var stored = _shared.Nodes[i].Stored;
            var (start, end) = (stored * part / _shares.Count, stored * (part + 1) / _shares.Count);
            var sum = (T*)_sharedSweep.Adjoints[order][i] + start;
            var written = false;
            foreach (var share in _shares.Where(share => share.HasSum(row, i)))
            {
                _passes.Scale(end - start, 1, share.Sums(row) + _shared.Place(i) + start, sum, written);
                written = true;
            }
            // A node that no tile has reached enters the transposes as zero.
            if (!written) NativeMemory.Clear(sum, (nuint)((end - start) * sizeof(T)));
        }
    }

    private static long Checked(Tensor inputs, Tensor targets)
    {
        var n = targets.shape[0];
        if (n == 0) throw new ArgumentException("the data set is empty; pass at least one sample", nameof(inputs));
        return inputs.shape[0] == n
            ? n
            : throw new ArgumentException(
                $"there are {inputs.shape[0]} inputs and {n} targets; each input needs one target", nameof(targets));
    }

    private void Each(Action<int> share)
    {
        Team.Run(_shares.Count, share);
    }
}
