namespace Brink.Graphs.Operators.Onnx;

/// <summary>Matrix products of ONNX.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Products
{
    [Operator("MatMul")]
    private static Quantity MatMul(Call call) => Quantity.MatMul(call.Input(0), call.Input(1));

    /// <summary>alpha A B + beta C, with A and B transposed on request.</summary>
    [Operator("Gemm")]
    private static Quantity Gemm(Call call)
    {
        var (a, b) = (call.Input(0), call.Input(1));
        if (call.Flag("transA")) a = a.Swap(0, 1);
        if (call.Flag("transB")) b = b.Swap(0, 1);
        var product = call.Number("alpha", 1) * Quantity.MatMul(a, b);
        return call.Optional(2) is { } c ? product + (call.Number("beta", 1) * c) : product;
    }

    [Operator("Det", OnAutograd = true)]
    private static Quantity Determinant(Call call) => SquareMatrices.Determinant(call.Input(0));

    [Operator("Einsum")]
    private static Quantity Einsum(Call call) => EinsteinSum.Of(call.Text("equation", ""), call.From(0));
}
