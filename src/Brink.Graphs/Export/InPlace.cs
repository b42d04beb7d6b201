using System.Collections.Frozen;

namespace Brink.Graphs.Export;

/// <summary>Names of operators that write into an argument, or whose result may share memory with one.</summary>
internal static class InPlace
{
    // Operators that return a view, or their argument itself, for some arguments.
    private static readonly FrozenSet<string> Views = FrozenSet.Create(
        StringComparer.Ordinal,
        "_reshape_alias", "_unsafe_view", "adjoint", "alias", "alpha_dropout", "as_strided", "atleast_1d", "atleast_2d", "atleast_3d",
        "broadcast_to", "chunk", "contiguous", "detach", "diagonal", "dropout", "dsplit", "expand", "expand_as", "feature_alpha_dropout",
        "feature_dropout", "flatten", "hsplit", "imag", "lift_fresh", "matrix_H", "mH", "mT", "moveaxis", "movedim", "narrow", "numpy_T",
        "permute", "positive", "ravel", "real", "reshape", "reshape_as", "select", "slice", "split", "split_with_sizes", "squeeze",
        "sum_to_size", "swapaxes", "swapdims", "t", "tensor_split", "to", "transpose", "type_as", "unbind", "unflatten", "unfold",
        "unsafe_chunk", "unsafe_split", "unsafe_split_with_sizes", "unsqueeze", "view", "view_as", "view_as_complex", "view_as_real",
        "vsplit");

    /// <summary>True if a result may share memory with the first argument.</summary>
    public static bool IsView(string name) => Parts(name) is var (_, word, _) && Views.Contains(word);

    /// <summary>The operator that returns what this one writes into its first argument, such as <c>aten.add.Tensor</c> for
    /// <c>aten.add_.Tensor</c>; null if it writes into no argument.</summary>
    public static string? WithoutWriting(string name)
    {
        var (prefix, word, overload) = Parts(name);
        if (prefix.Length == 0) return null;
        // Python's operators such as |=.
        if (word.StartsWith("__i", StringComparison.Ordinal) && word.EndsWith("__", StringComparison.Ordinal) && word.Length > 6)
            return $"{prefix}__{word[3..]}{overload}";
        return word.EndsWith('_') && !word.EndsWith("__", StringComparison.Ordinal) ? $"{prefix}{word[..^1]}{overload}" : null;
    }

    /// <summary>Namespace with its point, word, and overload with its point.</summary>
    private static (string Prefix, string Word, string Overload) Parts(string name)
    {
        if (!name.StartsWith("aten.", StringComparison.Ordinal)) return ("", "", "");
        var end = name.IndexOf('.', 5);
        return end < 0 ? (name[..5], name[5..], "") : (name[..5], name[5..end], name[end..]);
    }
}
