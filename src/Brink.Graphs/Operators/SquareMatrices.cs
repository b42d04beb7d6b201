namespace Brink.Graphs.Operators;

/// <summary>Functions of square matrices [...,n,n], which only libtorch has.</summary>
internal static class SquareMatrices
{
    /// <summary>Determinants [...].</summary>
    public static Quantity Determinant(Quantity x) => Of("determinant", linalg.det, x, x.Shape[..^2]);

    /// <summary>Logarithms of determinants [...].</summary>
    public static Quantity LogDeterminant(Quantity x) => Of("log-determinant", values => values.logdet(), x, x.Shape[..^2]);

    /// <summary>Inverses [...,n,n].</summary>
    public static Quantity Inverse(Quantity x) => Of("inverse", linalg.inv, x, x.Shape);

    /// <summary>Exponentials [...,n,n].</summary>
    public static Quantity Exponential(Quantity x) => Of("matrix exponential", values => values.matrix_exp(), x, x.Shape);

    private static Quantity Of(string name, Func<Tensor, Tensor> function, Quantity x, long[] shape) =>
        x.Rank >= 2 && x.Shape[^1] == x.Shape[^2]
            ? Quantity.OfLibtorch(name, operands => function(operands[0]), shape, x)
            : throw new GraphException($"a {name} needs square matrices; the operand has the shape [{string.Join(',', x.Shape)}]");
}
