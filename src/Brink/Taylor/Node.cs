namespace Brink.Taylor;

/// <summary>A value as the sweeps see it: where it stands, and which of its coefficients can differ from
/// zero.</summary>
/// <param name="Primitive">What makes it.</param>
/// <param name="Operands">Indices of what it is made of.</param>
/// <param name="Shape">Of each coefficient.</param>
/// <param name="Degree">Of the polynomial, at most <see cref="Highest"/>: data have 0, parameters 1, since they move along
/// theta + t u; a linear primitive keeps the degree, a bilinear one adds, and a function has all
/// orders.</param>
internal sealed record Node(Primitive Primitive, IReadOnlyList<int> Operands, IReadOnlyList<long> Shape, int Degree)
{
    /// <summary>The highest order that is swept.</summary>
    public const int Highest = 3;

    public long Stored { get; } = Primitive.Stored(Shape);

    /// <summary>Whether it depends on theta, so that an adjoint is of use.</summary>
    public bool Moves => Degree > 0;

    /// <summary>Of the adjoint: that of the loss is a constant.</summary>
    public int AdjointDegree { get; set; } = -1;

    /// <summary>Made in the memory of its first operand.</summary>
    public bool InPlace { get; set; }

    /// <summary>Whether an operand's adjoint is this one's, in its memory.</summary>
    public bool[] SharesAdjoint { get; } = new bool[Operands.Count];

    public static int DegreeOf(Primitive primitive, IReadOnlyList<Node> operands) => primitive switch
    {
        Constant => 0,
        Parameter => 1,
        Linear => operands.Max(operand => operand.Degree),
        Bilinear => Math.Min(Highest, operands.Sum(operand => operand.Degree)),
        Unary => operands[0].Moves ? Highest : 0,
        Foreign foreign => throw new ForeignPrimitiveException(foreign.Name),
        _ => throw new ForeignPrimitiveException(primitive.GetType().Name),
    };

    /// <summary>The degree of what it passes back to operand k.</summary>
    public int DegreePassed(int k, IReadOnlyList<Node> nodes) => Primitive switch
    {
        Bilinear => Math.Min(Highest, AdjointDegree + nodes[Operands[1 - k]].Degree),
        Unary => Highest,
        _ => AdjointDegree,
    };

    /// <summary>Whether sweeps of higher orders read its operand k as it is at the point.</summary>
    public bool ReadsOperand(int k, IReadOnlyList<Node> nodes) => Primitive switch
    {
        Unary unary => unary.ReadsArgument,
        Bilinear => nodes[Operands[1 - k]].Moves,
        _ => false,
    };

    /// <summary>Whether they read its own value as it is at the point.</summary>
    public bool ReadsItself => Primitive is Unary { ReadsValue: true };

    /// <summary>Whether they read its adjoint as it is at the point.</summary>
    public bool ReadsAdjoint(IReadOnlyList<Node> nodes) => Primitive switch
    {
        Unary => true,
        Bilinear => nodes[Operands[0]].Moves && nodes[Operands[1]].Moves,
        _ => false,
    };
}

/// <summary>A model has a primitive that the engine lacks.</summary>
public sealed class ForeignPrimitiveException : Exception
{
    public ForeignPrimitiveException()
    {
    }

    public ForeignPrimitiveException(string message)
        : base(message)
    {
    }

    public ForeignPrimitiveException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
