using Brink.Taylor;

namespace Brink.Graphs;

/// <summary>A value of a graph: data, which libtorch computes at once, or a strided view of a value of the engine, which depends
/// on the parameters.</summary>
/// <remarks>
/// <para>Operations have the meaning that NumPy and PyTorch give them. An operation of data only is computed by libtorch when it
/// is called: shapes, masks, positions and tables never reach the engine. Transposition, slices, repetition and most reshapes of
/// values only change the view; elements move when an operation needs them in another order.</para>
/// <para>The base of a view is an array in the order of its memory, of any shape without images.</para>
/// </remarks>
internal sealed partial class Quantity
{
    private readonly Value? _base;
    private readonly long[] _strides;
    private readonly long _offset;

    private Quantity(Tensor data)
    {
        (Data, Shape, _strides) = (data, data.shape, []);
    }

    private Quantity(Value value, long[] shape, long[] strides, long offset)
    {
        (_base, Shape, _strides, _offset) = (value, shape, strides, offset);
    }

    /// <summary>The tensor of a quantity that does not depend on the parameters; otherwise null.</summary>
    public Tensor? Data { get; }

    /// <summary>Sizes of the dimensions.</summary>
    public long[] Shape { get; }

    /// <summary>The number of dimensions.</summary>
    public int Rank => Shape.Length;

    /// <summary>The number of elements.</summary>
    public long Count => Product(Shape);

    /// <summary>True if the quantity depends on the parameters.</summary>
    public bool Moves => Data is null;

    /// <summary>Makes a quantity of data.</summary>
    public static Quantity Of(Tensor data) => new(data);

    /// <summary>Makes a quantity of a value whose elements are in row-major order of the shape.</summary>
    public static Quantity Of(Value value, params long[] shape) => InOrder(value, shape, RowMajor(shape.Length));

    /// <summary>The value as an array [count] in row-major order.</summary>
    public Value Contiguous() => In(RowMajor(Rank));

    /// <summary>The data.</summary>
    /// <exception cref="GraphException">The quantity depends on the parameters.</exception>
    public Tensor Known(string role) =>
        Data ?? throw new GraphException($"the {role} depends on the parameters; it must follow from the data and the constants");

    /// <summary>The integers of data.</summary>
    /// <exception cref="GraphException">The quantity depends on the parameters.</exception>
    public long[] Integers(string role) => [.. Known(role).to(ScalarType.Int64).contiguous().flatten().data<long>()];

    /// <summary>Applies an elementwise function.</summary>
    public Quantity Map(Func<Value, Value> f)
    {
        if (Data is not null) return Of(Evaluated(f(Value.Constant(Floating(Data)))));
        // A function of elements passes through a view; of a small part of the base only that part is computed.
        return _base!.Size <= Count ? new(f(_base), Shape, _strides, _offset) : Of(f(Contiguous()), Shape);
    }

    /// <summary>Applies a function that only libtorch has; if an operand depends on the parameters, the model runs on
    /// autograd.</summary>
    /// <param name="name">Name of the function, for the message that says so.</param>
    /// <param name="function">Maps the operands to the result; differentiable twice at least.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="operands">Operands.</param>
    public static Quantity OfLibtorch(
        string name, Func<IReadOnlyList<Tensor>, Tensor> function, long[] shape, params Quantity[] operands)
    {
        if (operands.All(operand => operand.Data is not null)) return Of(function([.. operands.Select(operand => operand.Data!)]));
        var value = Value.OfLibtorch(
            name,
            arrays => function([.. arrays.Zip(operands, (array, operand) => array.reshape(operand.Shape))]).reshape(-1),
            [Product(shape)],
            [.. operands.Select(operand => operand.Contiguous())]);
        return Of(value, shape);
    }

    /// <summary>Makes a quantity of a value whose dimensions are in memory in the given order, the outermost first.</summary>
    internal static Quantity InOrder(Value value, long[] shape, int[] order)
    {
        var plain = value.Shape.Count == 1 ? value : value.Reshape(value.Size);
        if (plain.Size != Product(shape))
            throw new ArgumentException($"{plain.Size} elements do not have the shape [{string.Join(',', shape)}]", nameof(shape));
        return new(plain, shape, Strides(shape, order), 0);
    }

    /// <summary>The value as an array [count] whose dimensions are in memory in the given order, the outermost first.</summary>
    internal Value In(int[] order)
    {
        if (Data is not null) return Value.Constant(Floating(Data).permute([.. order.Select(d => (long)d)]).reshape(-1).contiguous());
        return IsIn(order) ? _base! : _base!.Rearrange([Count], Shape, (_offset, _strides), (0, Strides(Shape, order)));
    }

    /// <summary>The order of the dimensions in memory, the outermost first, if the view reaches each element of its base once;
    /// otherwise row-major order, in which <see cref="In"/> then moves them.</summary>
    internal int[] Order()
    {
        var rowMajor = RowMajor(Rank);
        if (Data is not null) return rowMajor;
        var order = rowMajor.OrderByDescending(d => Shape[d] == 1 ? long.MaxValue : _strides[d]).ToArray();
        return IsIn(order) ? order : rowMajor;
    }

    /// <summary>The place of an axis; negative numbers count from the end.</summary>
    /// <exception cref="GraphException">There is no such axis.</exception>
    internal int Axis(long axis)
    {
        var positive = axis < 0 ? axis + Rank : axis;
        return positive >= 0 && positive < Rank
            ? (int)positive
            : throw new GraphException($"axis {axis} does not exist; the operand has the shape [{string.Join(',', Shape)}]");
    }

    /// <summary>True if the base of a view is the whole array with its dimensions in the given order.</summary>
    private bool IsIn(int[] order)
    {
        var strides = Strides(Shape, order);
        return _offset == 0 && _base!.Size == Count && order.All(d => Shape[d] == 1 || strides[d] == _strides[d]);
    }

    private static int[] RowMajor(int rank) => [.. Enumerable.Range(0, rank)];

    /// <summary>The strides of an array whose dimensions are in memory in the given order.</summary>
    private static long[] Strides(long[] shape, int[] order)
    {
        var strides = new long[shape.Length];
        long next = 1;
        foreach (var d in order.Reverse())
        {
            strides[d] = next;
            next *= shape[d];
        }
        return strides;
    }

    private static Tensor Floating(Tensor data) => data.is_floating_point() ? data : data.to(ScalarType.Float64);

    private static Tensor Evaluated(Value value)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var nothing = zeros(0, dtype: ScalarType.Float64);
        return scope.MoveToOuter(value.Evaluate(nothing));
    }

    private static long Product(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, n) => product * n);
}
