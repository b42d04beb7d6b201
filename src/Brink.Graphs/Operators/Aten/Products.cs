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
}
