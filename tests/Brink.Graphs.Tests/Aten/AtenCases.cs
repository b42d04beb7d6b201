namespace Brink.Graphs.Tests.Aten;

/// <summary>Calls of each differentiable operator of ATen: arguments by name, where arrays of sizes in <see cref="Moving"/> are
/// parameters.</summary>
internal static class AtenCases
{
    /// <summary>Functions of one tensor that are defined everywhere.</summary>
    private static readonly string[] Everywhere =
    [
        "abs", "asinh", "atan", "celu", "clone", "contiguous", "alias", "detach", "detach_", "lift_fresh_copy", "cos",
        "cosh", "elu", "erf", "exp", "expm1",
        "gelu", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "log_sigmoid", "mean", "mish", "neg", "relu",
        "relu6", "selu", "sigmoid",
        "silu", "sin", "sinh", "softplus", "softsign", "square", "sum", "tanh", "t", "numpy_T", "amax", "amin", "max",
        "min", "tril", "triu",
        "squeeze", "flatten.using_ints", "float", "double", "to.dtype", "to.device", "to.dtype_layout", "to.other", "type_as", "_to_copy",
        "dropout", "native_dropout", "feature_dropout", "alpha_dropout", "threshold",
    ];

    /// <summary>Functions of one tensor that are defined between 0 and 1.</summary>
    private static readonly string[] Between = ["acos", "asin", "atanh", "log", "log1p", "reciprocal", "rsqrt", "sqrt", "tan"];

    private static readonly string[] Pairs = ["add.Tensor", "sub.Tensor", "rsub.Tensor", "mul.Tensor", "maximum", "minimum"];

    private static readonly string[] WithNumber = ["add.Scalar", "sub.Scalar", "rsub.Scalar", "mul.Scalar", "div.Scalar"];

    public static IEnumerable<AtenCase> All =>
    [
        .. Everywhere.Select(name => new AtenCase(name, ("self", At(3, 3)), ("input", At(3, 3)))),
        .. Between.Select(name => new AtenCase(name, ("self", Positive(3, 3)))),
        .. Pairs.Select(name => new AtenCase(name, ("self", At(2, 3)), ("other", At(3)))),
        .. WithNumber.Select(name => new AtenCase(name, ("self", At(2, 3)), ("other", 1.7))),
        .. new[] { "clamp", "clamp.Tensor" }.Select(name => new AtenCase(name, ("self", At(3, 4)), ("min", -0.9), ("max", 1.1))),
        .. new[] { "view", "_unsafe_view", "expand" }.Select(name => new AtenCase(name, ("self", At(3, 4)), ("size", new long[] { 3, 4 }))),
        .. new[] { "softmax.int", "_softmax", "log_softmax.int", "_log_softmax" }
            .Select(name => new AtenCase(name, ("self", At(3, 4)), ("dim", 0L))),
        .. new[] { "div.Tensor", "true_divide.Tensor" }.Select(name => new AtenCase(name, ("self", At(2, 3)), ("other", Positive(3)))),
        .. new[] { "cat", "concat", "stack" }
            .Select(name => new AtenCase(name, ("tensors", new object[] { At(2, 3), At(2, 3) }), ("dim", 1L))),
        .. new[] { "squeeze.dim", "squeeze.dims" }.Select(name => new AtenCase(name, ("self", At(2, 1, 3)), ("dim", new long[] { 1 }))),
        .. new[] { "pad", "constant_pad_nd" }
            .Select(name => new AtenCase(name, ("self", At(2, 3)), ("pad", new long[] { 1, 2, 0, 1 }), ("value", 0.4))),
        .. new[] { "mean.dim", "sum.dim_IntList", "logsumexp", "linalg_vector_norm", "var.correction" }
            .Select(name => new AtenCase(name, ("self", At(2, 3, 4)), ("dim", new long[] { 1 }))),
        .. new[] { "mm", "bmm" }.Select(name => new AtenCase(name, ("self", At(2, 3, 4)), ("mat2", At(2, 4, 2)))),
        .. new[] { "lerp.Scalar", "lerp.Tensor" }.Select(name => new AtenCase(name, ("self", At(4)), ("end", At(4)), ("weight", At(4)))),
        .. new[] { "addcmul", "addcdiv" }
            .Select(name => new AtenCase(name, ("self", At(4)), ("tensor1", At(4)), ("tensor2", Positive(4)), ("value", 0.7))),
        .. new[] { "masked_fill.Scalar", "masked_fill.Tensor" }
            .Select(name => new AtenCase(name, ("self", At(2, 3)), ("mask", Mask(2, 3)), ("value", 0.3))),
        .. new[] { "where.self", "where.Scalar", "where.ScalarOther", "where.ScalarSelf" }
            .Select(name => new AtenCase(name, ("condition", Mask(2, 3)), ("self", At(2, 3)), ("other", At(3)))),
        .. new[] { "pow.Tensor_Tensor", "pow.Scalar" }.Select(name => new AtenCase(name, ("self", Positive(2, 3)), ("exponent", At(2, 3)))),
        new("pow.Tensor_Scalar", ("self", Positive(2, 3)), ("exponent", 2.5)),
        .. new[]
        {
            "det", "linalg_det", "_linalg_det", "logdet", "inverse", "linalg_inv", "linalg_inv_ex", "matrix_exp", "linalg_matrix_exp",
        }
            .Select(name => new AtenCase(name, ("self", At(2, 2, 2)))),
        new("acosh", ("self", new Moving([5], 1.5, 3))),
        new("clamp_min", ("self", At(3, 4)), ("min", -0.9)),
        new("clamp_max", ("self", At(3, 4)), ("max", 0.9)),
        new("reshape", ("self", At(3, 4)), ("shape", new long[] { 2, 6 })),
        new("expand_as", ("self", At(1, 4)), ("other", Indices(4, 3, 4))),
        new("permute", ("self", At(2, 3, 4)), ("dims", new long[] { 2, 0, 1 })),
        new("transpose.int", ("self", At(2, 3, 4)), ("dim0", 0L), ("dim1", 2L)),
        new("movedim.int", ("self", At(2, 3, 4)), ("source", 0L), ("destination", 2L)),
        new("unsqueeze", ("self", At(2, 3)), ("dim", 1L)),
        new("unflatten.int", ("self", At(2, 6)), ("dim", 1L), ("sizes", new long[] { 2, -1 })),
        new("repeat", ("self", At(2, 3)), ("repeats", new long[] { 2, 1, 3 })),
        new("split.Tensor", ("self", At(5, 2)), ("split_size", 2L)),
        new("chunk", ("self", At(5, 2)), ("chunks", 2L)),
        new("split_with_sizes", ("self", At(5, 2)), ("split_sizes", new long[] { 1, 4 })),
        new("unbind.int", ("self", At(3, 2))),
        new("slice.Tensor", ("self", At(5, 2)), ("start", 1L), ("step", 2L)),
        new("narrow", ("self", At(5, 2)), ("dim", 0L), ("start", 1L), ("length", 3L)),
        new("select.int", ("self", At(5, 2)), ("dim", 0L), ("index", -2L)),
        new("flip", ("self", At(3, 2)), ("dims", new long[] { 0, 1 })),
        new("roll", ("self", At(3, 4)), ("shifts", new long[] { 1, -1 }), ("dims", new long[] { 0, 1 })),
        new("diff", ("self", At(2, 5)), ("n", 2L)),
        new("cumsum", ("self", At(2, 5)), ("dim", 1L)),
        new("linear", ("input", At(2, 3)), ("weight", At(4, 3)), ("bias", At(4))),
        new("matmul", ("self", At(2, 3)), ("other", At(3, 4))),
        new("mv", ("self", At(2, 3)), ("vec", At(3))),
        new("dot", ("self", At(3)), ("tensor", At(3))),
        new("addmm", ("self", At(4)), ("mat1", At(2, 3)), ("mat2", At(3, 4)), ("beta", 0.5), ("alpha", 2.0)),
        new("baddbmm", ("self", At(2, 2, 4)), ("batch1", At(2, 2, 3)), ("batch2", At(2, 3, 4))),
        new("einsum", ("equation", "bij,bjk->bki"), ("tensors", new object[] { At(2, 3, 4), At(2, 4, 2) })),
        new("scaled_dot_product_attention",
            ("query", At(1, 2, 3, 4)), ("key", At(1, 2, 3, 4)), ("value", At(1, 2, 3, 2)), ("is_causal", 1L)),
        new("prelu", ("self", At(2, 3, 4)), ("weight", At(3))),
        new("embedding", ("weight", At(5, 3)), ("indices", Indices(5, 2, 4))),
        new("index_select", ("self", At(4, 3)), ("dim", 0L), ("index", Indices(4, 6))),
        new("gather", ("self", At(4, 3)), ("dim", 0L), ("index", Indices(4, 6, 3))),
        new("index.Tensor", ("self", At(4, 3)), ("indices", new object[] { Indices(4, 5), Indices(3, 5) })),
        new("scatter.src", ("self", At(4, 3)), ("dim", 0L), ("index", tensor(new long[,] { { 0, 3, 2 } })), ("src", At(1, 3))),
        new("scatter_add", ("self", At(4, 3)), ("dim", 0L), ("index", Indices(4, 6, 3)), ("src", At(6, 3))),
        new("conv1d", ("input", At(2, 3, 6)), ("weight", At(4, 3, 3)), ("bias", At(4)), ("stride", 2L), ("padding", 1L)),
        new("conv1d.padding", ("input", At(2, 3, 6)), ("weight", At(4, 3, 3)), ("padding", "same")),
        new("conv2d", ("input", At(2, 4, 5, 5)), ("weight", At(4, 2, 3, 3)), ("groups", 2L), ("padding", 1L)),
        new("conv2d.padding", ("input", At(2, 2, 5, 5)), ("weight", At(3, 2, 3, 3)), ("padding", "valid")),
        new("conv3d", ("input", At(1, 2, 3, 4, 3)), ("weight", At(2, 2, 2, 2, 2)), ("bias", At(2))),
        new("convolution", ("input", At(2, 2, 5, 5)), ("weight", At(3, 2, 3, 3)), ("dilation", 2L)),
        new("conv_transpose1d", ("input", At(2, 3, 4)), ("weight", At(3, 2, 3)), ("stride", 2L)),
        new("conv_transpose2d.input",
            ("input", At(1, 4, 3, 3)), ("weight", At(4, 2, 3, 3)), ("groups", 2L), ("padding", 1L), ("bias", At(4))),
        new("conv_transpose3d.input", ("input", At(1, 2, 2, 3, 2)), ("weight", At(2, 2, 2, 2, 2))),
        new("max_pool1d", ("self", At(2, 3, 6)), ("kernel_size", new long[] { 2 })),
        new("max_pool2d", ("self", At(2, 2, 5, 5)), ("kernel_size", new long[] { 3, 3 }), ("stride", 2L), ("padding", 1L)),
        new("max_pool3d", ("self", At(1, 2, 4, 4, 4)), ("kernel_size", new long[] { 2, 2, 2 })),
        new("avg_pool1d", ("self", At(2, 3, 6)), ("kernel_size", new long[] { 2 })),
        new("avg_pool2d", ("self", At(2, 2, 5, 5)), ("kernel_size", new long[] { 3, 3 }), ("stride", 2L), ("padding", 1L)),
        new("avg_pool3d", ("self", At(1, 2, 4, 4, 4)), ("kernel_size", new long[] { 2, 2, 2 })),
        new("adaptive_avg_pool1d", ("self", At(2, 3, 7)), ("output_size", new long[] { 3 })),
        new("adaptive_avg_pool2d", ("self", At(2, 2, 5, 4)), ("output_size", new long[] { 1, 2 })),
        new("batch_norm", ("input", At(4, 3)), ("weight", At(3)), ("bias", At(3)), ("training", 1L)),
        new("instance_norm", ("input", At(2, 3, 5)), ("weight", At(3)), ("bias", At(3))),
        new("group_norm", ("input", At(2, 4, 3, 3)), ("num_groups", 2L), ("weight", At(4)), ("bias", At(4))),
        new("layer_norm", ("input", At(2, 3, 4)), ("normalized_shape", new long[] { 3, 4 }), ("weight", At(3, 4)), ("bias", At(3, 4))),
        new("rms_norm", ("input", At(2, 3, 4)), ("normalized_shape", new long[] { 4 }), ("weight", At(4))),
        new("cross_entropy_loss", ("self", At(3, 4)), ("target", Indices(4, 3)), ("label_smoothing", 0.1)),
        new("nll_loss_nd", ("self", At(3, 4)), ("target", Indices(4, 3))),
        new("mse_loss", ("self", At(3, 4)), ("target", At(3, 4))),
        new("binary_cross_entropy_with_logits", ("self", At(3, 4)), ("target", Mask(3, 4).to(ScalarType.Float64))),
        Recurrent("lstm.input", 4, ("hx", new object[] { At(1, 2, 3), At(1, 2, 3) })),
        Recurrent("gru.input", 3, ("hx", At(1, 2, 3))),
        Recurrent("rnn_tanh.input", 1, ("hx", At(1, 2, 3))),
        Recurrent("rnn_relu.input", 1, ("hx", At(1, 2, 3))),
    ];

    private static Moving At(params long[] shape) => new(shape, -2.5, 2.5);

    private static Moving Positive(params long[] shape) => new(shape, 0.2, 0.8);

    private static Tensor Indices(long classes, params long[] shape)
    {
        var count = shape.Aggregate(1L, (product, n) => product * n);
        return (arange(count, dtype: ScalarType.Int64) * 7).remainder(classes).reshape(shape);
    }

    private static Tensor Mask(params long[] shape) => Indices(2, shape).to(ScalarType.Bool);

    private static AtenCase Recurrent(string name, long gates, (string, object) state) => new(
        name, ("input", At(3, 2, 4)), state, ("params", new object[] { At(gates * 3, 4), At(gates * 3, 3), At(gates * 3), At(gates * 3) }),
        ("has_biases", 1L), ("num_layers", 1L));
}
