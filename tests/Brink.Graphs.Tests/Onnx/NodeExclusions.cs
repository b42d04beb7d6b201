namespace Brink.Graphs.Tests.Onnx;

/// <summary>Node tests whose operators are known, and that need more than derivatives of a loss do.</summary>
internal static class NodeExclusions
{
    private const string Rounded = "results are rounded to bfloat16; Brink computes every floating-point type in float64";
    private const string Places = "the places of the maxima are a result";
    private const string Fractional = "the corners are aligned to a fractional size; frameworks align them to the size of the result";
    private const string Random = "dropout is active, so that the outputs are random";

    /// <summary>The reason by name.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["test_cast_FLOAT_to_BFLOAT16"] = Rounded,
        ["test_castlike_FLOAT_to_BFLOAT16"] = Rounded,
        ["test_castlike_FLOAT_to_BFLOAT16_expanded"] = Rounded,
        ["test_cast_FLOAT_to_STRING"] = "strings are not supported",
        ["test_maxpool_with_argmax_2d_precomputed_pads"] = Places,
        ["test_maxpool_with_argmax_2d_precomputed_strides"] = Places,
        ["test_resize_downsample_scales_cubic_align_corners"] = Fractional,
        ["test_resize_downsample_scales_linear_align_corners"] = Fractional,
        ["test_training_dropout"] = Random,
        ["test_training_dropout_default"] = Random,
        ["test_training_dropout_default_mask"] = Random,
        ["test_training_dropout_mask"] = Random,
    };
}
