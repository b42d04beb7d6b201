using System.Numerics;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>One thread's tiles, with the memory to sweep them.</summary>
internal sealed unsafe class Share<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SharedNodes _shared;
    private readonly T _weight;
    private readonly Sweep<T> _sweep;
    private readonly Scratch _scratch = new();
    private readonly Growing _transient = new(), _again = new(), _orders = new(), _sums = new();
    private readonly List<bool[]> _summed = [];
    private readonly long _longestKept, _longestTransient, _longestOrder;      // of all tiles, in bytes

    /// <param name="tiles">The tiles in order.</param>
    /// <param name="shared">Nodes that all tiles share.</param>
    /// <param name="weight">Weight of a sample in the mean.</param>
    /// <param name="passes">Passes over memory.</param>
    public Share(IReadOnlyList<Tile> tiles, SharedNodes shared, double weight, Passes<T> passes)
    {
        Tiles = tiles;
        _shared = shared;
        _weight = T.CreateTruncating(weight);
        _sweep = new(new(passes, _scratch), tiles.Max(tile => tile.Tape.Nodes.Count));
        _longestKept = tiles.Max(tile => tile.Memory.Kept) * sizeof(T);
        _longestTransient = tiles.Max(tile => tile.Memory.Transient) * sizeof(T);
        _longestOrder = tiles.Max(tile => tile.Memory.Order) * sizeof(T);
    }

    public IReadOnlyList<Tile> Tiles { get; }

    /// <summary>Computes the values at a point, and the adjoints if they are requested.</summary>
    /// <param name="point">theta.</param>
    /// <param name="backward">Adjoints to compute.</param>
    /// <param name="kept">Address of what an expansion keeps of all tiles, or 0.</param>
    /// <returns>The sum of the tiles' losses, unweighted.</returns>
    public double Lowest(SharedCoefficient point, Backward backward, nint kept)
    {
        point.Place(_shared, _sweep.Values[0], sizeof(T));
        if (backward == Backward.ToTheta) StartSums(1);
        var loss = 0.0;
        foreach (var tile in Tiles) loss += Lowest(tile, kept, backward);
        return loss;
    }

    /// <summary>Computes the coefficients of higher orders along directions, and the sums of the last order's
    /// adjoints.</summary>
    /// <param name="point">theta.</param>
    /// <param name="directions">For each direction, the shared coefficients of each order from the first on.</param>
    /// <param name="orders">First and last order to compute; lower ones are in <paramref name="firstOrders"/>.</param>
    /// <param name="kept">Address of what the expansion keeps of all tiles.</param>
    /// <param name="firstOrders">Address of memory for the first orders of all tiles, or 0 for the thread's own.</param>
    public void Higher(
        SharedCoefficient point,
        IReadOnlyList<IReadOnlyList<SharedCoefficient>> directions,
        (int First, int Last) orders,
        nint kept,
        nint firstOrders)
    {
        StartSums(directions.Count);
        point.Place(_shared, _sweep.Values[0], sizeof(T));
        foreach (var tile in Tiles)
        {
            if (tile.KeptStart >= 0) PlaceLowest(tile, kept);
            else Lowest(tile, 0, Backward.WithinSamples);
            for (var row = 0; row < directions.Count; row++)
            {
                PlaceOrders(tile, directions[row], orders.Last, firstOrders);
                PlaceSums(orders.Last, row);
                for (var order = orders.First; order <= orders.Last; order++) Make(tile, order, row, sums: order == orders.Last);
            }
        }
    }

    /// <summary>True if a tile has added to the sum of a shared node.</summary>
    public bool HasSum(int row, int node) => _summed[row][node];

    /// <summary>The sums for a direction, in the order of the shared nodes' places.</summary>
    public T* Sums(int row) => (T*)_sums.At(_summed.Count * _shared.Length * sizeof(T)) + (row * _shared.Length);

    public void Dispose()
    {
        _scratch.Dispose();
        _transient.Dispose();
        _again.Dispose();
        _orders.Dispose();
        _sums.Dispose();
    }

    private double Lowest(Tile tile, nint kept, Backward backward)
    {
        PlaceLowest(tile, kept);
        _sweep.Forward(tile.Tape.Nodes, tile.Tape.Own, 0);
        var root = tile.Tape.Root;
        if (backward != Backward.None)
        {
            *(T*)_sweep.Adjoints[0][root] = _weight;
            if (backward == Backward.ToTheta) PlaceSums(0, 0);
            SweepBackward(tile, 0, 0, sums: backward == Backward.ToTheta);
        }
        return double.CreateTruncating(*(T*)_sweep.Values[0][root]);
    }

    private void Make(Tile tile, int order, int row, bool sums)
    {
        _sweep.Forward(tile.Tape.Nodes, tile.Tape.Own, order);
        SweepBackward(tile, order, row, sums);
    }

    /// <summary>Sweeps backward through a tile, and keeps from tile to tile which sums hold something.</summary>
    private void SweepBackward(Tile tile, int order, int row, bool sums)
    {
        var written = _sweep.Written[order];
        Array.Clear(written);
        if (sums) _summed[row].CopyTo(written, 0);
        _sweep.Backward(tile.Tape.Nodes, tile.Tape.Own, order, from: sums ? 0 : tile.Tape.First);
        if (sums) Array.Copy(written, _summed[row], _summed[row].Length);
    }

    private void StartSums(int rows)
    {
        while (_summed.Count < rows) _summed.Add(new bool[_shared.Nodes.Count]);
        _summed.RemoveRange(rows, _summed.Count - rows);
        foreach (var row in _summed) Array.Clear(row);
    }

    private void PlaceLowest(Tile tile, nint kept)
    {
        var memory = tile.KeptStart >= 0 && kept != 0
            ? kept + (nint)(tile.KeptStart * sizeof(T))
            : _again.At(_longestKept);
        tile.Memory.PlaceLowest(_sweep.Values[0], _sweep.Adjoints[0], memory, _transient.At(_longestTransient), sizeof(T));
    }

    private void PlaceOrders(Tile tile, IReadOnlyList<SharedCoefficient> direction, int last, nint firstOrders)
    {
        var own = _orders.At(last * _longestOrder);
        for (var order = 1; order <= last; order++)
        {
            var start = order == 1 && firstOrders != 0
                ? firstOrders + (nint)(tile.FirstOrderStart * sizeof(T))
                : own + (nint)((order - 1) * _longestOrder);
            tile.Memory.PlaceOrder(_sweep.Values[order], _sweep.Adjoints[order], start, sizeof(T));
            direction[order - 1].Place(_shared, _sweep.Values[order], sizeof(T));
        }
    }

    private void PlaceSums(int order, int row)
    {
        var sums = (nint)Sums(row);
        new SharedCoefficient(sums, sums + (nint)(_shared.Dimension * sizeof(T))).Place(_shared, _sweep.Adjoints[order], sizeof(T));
    }
}
