using Brink.Taylor;

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

    /// <summary>softmax(scale Q K^T + mask) V for [...,length,d] (Vaswani et al. 2017, section 3.2.1).</summary>
    [Operator("aten.scaled_dot_product_attention", Fixed = ["attn_mask"])]
    private static Quantity Attention(Call call)
    {
        if (call.Number("dropout_p", 0) > 0)
            throw new GraphException("dropout is active, so that the loss is random; export the model in evaluation mode");
        var (query, key, value) = (call.Tensor("query"), call.Tensor("key"), call.Tensor("value"));
        if (call.Flag("enable_gqa") && key.Shape[^3] != query.Shape[^3])
        {
            var repeats = query.Shape[^3] / key.Shape[^3];
            (key, value) = (Repeated(key, repeats), Repeated(value, repeats));
        }
        var scores = call.Number("scale", 1 / Math.Sqrt(query.Shape[^1])) * Quantity.MatMul(query, key.Swap(-1, -2));
        var (rows, columns) = (query.Shape[^2], key.Shape[^2]);
        var mask = call.Flag("is_causal") ? ones(rows, columns, dtype: ScalarType.Bool).tril() : null;
        if (call.OptionalTensor("attn_mask") is { } given)
        {
            if (given.Data is { dtype: ScalarType.Bool } allowed) mask = allowed;
            else scores += given;
        }
        // A very negative number instead of -infinity: its exponential is 0 as well, and rows without any key stay finite.
        if (mask is not null) scores = Quantity.Where(mask, scores, Quantity.Of(tensor(-1e30, dtype: ScalarType.Float64)));
        return Quantity.MatMul(scores.AlongRows(-1, r => r.Softmax()), value);
    }

    private static Quantity Added(Call call, Quantity x, Quantity y) =>
        (call.Number("beta", 1) * call.Tensor("self")) + (call.Number("alpha", 1) * Quantity.MatMul(x, y));

    /// <summary>Repeats each of the heads, [..,heads,length,d].</summary>
    private static Quantity Repeated(Quantity x, long times)
    {
        long[] shape = x.Shape, expanded = [.. shape[..^2], times, .. shape[^2..]];
        return x.Unsqueeze(-3).Expand(expanded).Reshape([.. shape[..^3], shape[^3] * times, .. shape[^2..]]);
    }
}
