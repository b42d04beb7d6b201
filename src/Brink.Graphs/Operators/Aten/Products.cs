namespace Brink.Graphs.Operators.Aten;

/// <summary>Matrix products and attention of ATen.</summary>
[Operators(Vocabulary.Aten)]
internal static class Products
{
    [Operator("aten.linear")]
    private static Quantity Linear(Call call) =>
        Recurrence.Affine(call.Tensor("input"), call.Tensor("weight"), call.OptionalTensor("bias"));

    [Operator("aten.matmul")]
    private static Quantity MatMul(Call call) => Quantity.MatMul(call.Tensor("self"), call.Tensor("other"));

    [Operator("aten.mm")]
    [Operator("aten.bmm")]
    private static Quantity Product(Call call) => Quantity.MatMul(call.Tensor("self"), call.Tensor("mat2"));

    [Operator("aten.mv")]
    private static Quantity Vector(Call call) => Quantity.MatMul(call.Tensor("self"), call.Tensor("vec"));

    [Operator("aten.dot")]
    private static Quantity Dot(Call call) => Quantity.MatMul(call.Tensor("self"), call.Tensor("tensor"));

    [Operator("aten.addmm")]
    private static Quantity AddProduct(Call call) => Added(call, call.Tensor("mat1"), call.Tensor("mat2"));

    [Operator("aten.baddbmm")]
    private static Quantity AddBatchProduct(Call call) => Added(call, call.Tensor("batch1"), call.Tensor("batch2"));

    [Operator("aten.det", OnAutograd = true)]
    [Operator("aten.linalg_det", OnAutograd = true)]
    private static Quantity Determinant(Call call) => SquareMatrices.Determinant(Matrices(call));

    /// <summary>The determinant; the factors that ATen returns for its own derivative are not results of a model.</summary>
    [Operator("aten._linalg_det", OnAutograd = true)]
    private static Quantity[] FactoredDeterminant(Call call) => [SquareMatrices.Determinant(Matrices(call))];

    [Operator("aten.logdet", OnAutograd = true)]
    private static Quantity LogDeterminant(Call call) => SquareMatrices.LogDeterminant(Matrices(call));

    [Operator("aten.inverse", OnAutograd = true)]
    [Operator("aten.linalg_inv", OnAutograd = true)]
    private static Quantity Inverse(Call call) => SquareMatrices.Inverse(Matrices(call));

    [Operator("aten.linalg_inv_ex", OnAutograd = true)]
    private static Quantity[] CheckedInverse(Call call) => [SquareMatrices.Inverse(Matrices(call))];

    [Operator("aten.matrix_exp", OnAutograd = true)]
    [Operator("aten.linalg_matrix_exp", OnAutograd = true)]
    private static Quantity Exponential(Call call) => SquareMatrices.Exponential(Matrices(call));

    [Operator("aten.einsum")]
    private static Quantity Einsum(Call call) => EinsteinSum.Of(call.Text("equation", ""), [.. call.Tensors("tensors").OfType<Quantity>()]);

    [Operator("aten.scaled_dot_product_attention", Fixed = ["attn_mask"])]
    private static Quantity Attention(Call call)
    {
        Dropouts.RefuseActive(isTraining: true, call.Number("dropout_p", 0));
        return ScaledAttention.Of(
            call.Tensor("query"), call.Tensor("key"), call.Tensor("value"), call.OptionalTensor("attn_mask"), call.Flag("is_causal"),
            call.Has("scale") ? call.Number("scale", 1) : null);
    }

    private static Quantity Added(Call call, Quantity x, Quantity y) =>
        (call.Number("beta", 1) * call.Tensor("self")) + (call.Number("alpha", 1) * Quantity.MatMul(x, y));

    /// <summary>The square matrices [...,n,n] of a call: some overloads name them self, others A.</summary>
    private static Quantity Matrices(Call call) => call.Tensor(call.Has("self") ? "self" : "A");
}
