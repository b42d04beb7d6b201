namespace Brink.Taylor;

/// <summary>A quantity in the description of a model: a constant, a part of the parameters theta, or a primitive of other
/// values. One description serves both engines: <see cref="TorchEvaluation"/> evaluates it by libtorch,
/// <see cref="TaylorLoss"/> sweeps it with truncated polynomials.</summary>
/// <remarks>Shapes are libtorch's. A value of four dimensions is a batch of images
/// [n,channels,height,width].</remarks>
public sealed class Value
{
    private Value(Primitive primitive, IReadOnlyList<long> shape, IReadOnlyList<Value> operands)
    {
        Primitive = primitive;
        Shape = shape;
        Operands = operands;
    }

    /// <summary>Shape of the value.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Size => Shape.Aggregate(1L, (product, n) => product * n);

    internal Primitive Primitive { get; }

    internal IReadOnlyList<Value> Operands { get; }

    /// <summary>Makes a value of data, by which nothing is differentiated; the caller owns the tensor and keeps it alive as
    /// long as the value.</summary>
    public static Value Constant(Tensor tensor) => new(new Constant(tensor), tensor.shape, []);

    /// <summary>Makes a value of the elements of theta from an offset on.</summary>
    public static Value Parameter(long offset, IReadOnlyList<long> shape) => new(new Parameter(offset), shape, []);

    /// <summary>Applies a function that only libtorch has. The engine refuses a loss that contains one
    /// (<see cref="ForeignPrimitiveException"/>); libtorch's automatic differentiation evaluates it.</summary>
    /// <param name="name">Name of the function, for the message.</param>
    /// <param name="function">Maps the operands to the result; differentiable.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="operands">Operands.</param>
    public static Value OfLibtorch(
        string name, Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<long> shape, params Value[] operands) =>
        Of(new Foreign(name, function, _ => shape), operands);

    internal static Value Of(Primitive primitive, params Value[] operands) =>
        new(primitive, primitive.ShapeOf(operands), operands);

    internal long Last => Shape[^1];

    internal bool IsImages => Shape.Count == 4;

    /// <summary>Adds values of equal shape.</summary>
    public static Value operator +(Value x, Value y) => Of(new Sum(), x, y);

    /// <summary>Multiplies values of equal shape, element by element.</summary>
    public static Value operator *(Value x, Value y) => Of(new Multiplication(), x, y);

    /// <summary>Multiplies a value by a number.</summary>
    public static Value operator *(double a, Value x) => Of(new Multiple(a), x);

    /// <summary>Subtracts values of equal shape.</summary>
    public static Value operator -(Value x, Value y) => x + (-1.0 * y);

    /// <summary>Adds values of equal shape, like the operator +.</summary>
    public static Value Add(Value x, Value y) => x + y;

    /// <summary>Subtracts values of equal shape, like the operator -.</summary>
    public static Value Subtract(Value x, Value y) => x - y;

    /// <summary>Multiplies values of equal shape element by element, like the operator *.</summary>
    public static Value Multiply(Value x, Value y) => x * y;

    /// <summary>The tensors of all constants in this value, which have to stay alive as long as it is evaluated.</summary>
    public IEnumerable<Tensor> Data() =>
        Topology.Of(this).Select(value => value.Primitive).OfType<Constant>().Select(constant => constant.Tensor);
}
