namespace Brink.Taylor;

/// <summary>A value as the sweeps use it: its operands, and which of its coefficients can differ from zero.</summary>
/// <param name="Primitive">The primitive that makes it.</param>
/// <param name="Operands">Indices of its operands.</param>
/// <param name="Shape">Shape of each coefficient.</param>
/// <param name="Degree">Degree of its polynomial, at most <see cref="Highest"/>. Data have 0, parameters 1, since they move
/// along theta + t u. A linear primitive keeps the degree, a bilinear one adds the degrees of its operands, and a function has
/// all orders.</param>
internal sealed record Node(Primitive Primitive, IReadOnlyList<int> Operands, IReadOnlyList<long> Shape, int Degree)
{
    /// <summary>The highest order that is swept.</summary>
    public const int Highest = 3;

    public long Stored { get; } = Primitive.Stored(Shape);

    /// <summary>True if the value depends on theta, so that its adjoint is needed.</summary>
    public bool Moves => Degree > 0;

    /// <summary>Degree of the adjoint; that of the loss is 0.</summary>
    public int AdjointDegree { get; set; } = -1;

    /// <summary>True if the value is made in the memory of its first operand.</summary>
    public bool InPlace { get; set; }

    /// <summary>For each operand, true if its adjoint is this node's, in the same memory.</summary>
    public bool[] SharesAdjoint { get; } = new bool[Operands.Count];

    public static int DegreeOf(Primitive primitive, IReadOnlyList<Node> operands) => primitive switch
    {
        Constant => 0,
        Parameter => 1,
        Linear => operands.Max(operand => operand.Degree),
        Bilinear => Math.Min(Highest, operands.Sum(operand => operand.Degree)),
        Unary => operands[0].Moves ? Highest : 0,
        Foreign foreign => throw ForeignPrimitiveException.Of(foreign.Name),
        _ => throw ForeignPrimitiveException.Of(primitive.GetType().Name),
    };

    /// <summary>The degree of the adjoint that is passed back to operand k.</summary>
    public int DegreePassed(int k, IReadOnlyList<Node> nodes) => Primitive switch
    {
        Bilinear => Math.Min(Highest, AdjointDegree + nodes[Operands[1 - k]].Degree),
        Unary => Highest,
        _ => AdjointDegree,
    };

    /// <summary>True if sweeps of higher orders read operand k at order 0.</summary>
    public bool ReadsOperand(int k, IReadOnlyList<Node> nodes) => Primitive switch
    {
        Unary unary => unary.ReadsArgument,
        Bilinear => nodes[Operands[1 - k]].Moves,
        _ => false,
    };

    /// <summary>True if sweeps of higher orders read the node's own value at order 0.</summary>
    public bool ReadsItself => Primitive is Unary { ReadsValue: true };

    /// <summary>True if sweeps of higher orders read the node's adjoint at order 0.</summary>
    public bool ReadsAdjoint(IReadOnlyList<Node> nodes) => Primitive switch
    {
        Unary => true,
        Bilinear => nodes[Operands[0]].Moves && nodes[Operands[1]].Moves,
        _ => false,
    };
}

/// <summary>The exception for a model with a primitive that the engine lacks.</summary>
public sealed class ForeignPrimitiveException : Exception
{
    /// <summary>Creates the exception without a message of its own.</summary>
    public ForeignPrimitiveException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public ForeignPrimitiveException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and the exception that caused it.</summary>
    public ForeignPrimitiveException(string message, Exception inner)
        : base(message, inner)
    {
    }

    internal static ForeignPrimitiveException Of(string name) => new($"the engine has no primitive '{name}'");
}
