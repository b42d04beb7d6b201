using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>Names of layers, as exporters write them into nodes.</summary>
internal static class LayerNames
{
    private const int Longest = 256;

    /// <summary>The module that PyTorch names for an operation that belongs to none.</summary>
    private const string NoModule = "_empty_nn_module_stack_from_metadata_hook";

    /// <summary>Returns the name of the layer that a node belongs to; empty if it is not known.</summary>
    /// <param name="outer">Layer of the call of the local function that contains the node; empty outside of functions.</param>
    public static string Of(NodeProto node, string outer)
    {
        var layer = Stated(node) ?? Joined(outer, Path(node.Name));
        return layer.Length > Longest ? "" : layer;
    }

    /// <summary>The whole name of the layer in the metadata of PyTorch's exporter; null if there is none.</summary>
    private static string? Stated(NodeProto node)
    {
        string? named = null;
        foreach (var entry in node.MetadataProps)
        {
            // A list of modules, each by its whole name, and the name of the node: ['', 'encoder', 'encoder.layer', 'linear'].
            if (entry.Key == "pkg.torch.onnx.name_scopes") return Module(Strings(entry.Value));
            // The same with classes: ": Model/encoder: Encoder/encoder.layer: Linear/linear: aten.linear.default".
            if (entry.Key == "namespace") named = Module([.. entry.Value.Split('/').Select(part => part.Split(": ")[0])]);
        }
        return named;
    }

    private static string? Module(List<string> scopes) => scopes is [.., var module, _] ? module == NoModule ? "" : module : null;

    /// <summary>The strings of a list as Python writes it.</summary>
    private static List<string> Strings(string list)
    {
        var strings = new List<string>();
        for (var at = list.AsSpan().IndexOfAny('\'', '"'); at >= 0;)
        {
            var end = list.IndexOf(list[at], at + 1);
            if (end < 0) break;
            strings.Add(list[(at + 1)..end]);
            var next = list.AsSpan(end + 1).IndexOfAny('\'', '"');
            at = next < 0 ? -1 : end + 1 + next;
        }
        return strings;
    }

    /// <summary>The path in the name of a node without its last part: encoder.layers.0 for /encoder/layers/layers.0/MatMul.</summary>
    private static string Path(string name)
    {
        if (name.Length > Longest || !name.Contains('/', StringComparison.Ordinal)) return "";
        var parts = new List<string>();
        foreach (var part in name.Split('/', StringSplitOptions.RemoveEmptyEntries).SkipLast(1))
        {
            // An element of a list of modules repeats the name of the list.
            if (parts.Count > 0 && part.StartsWith(parts[^1] + ".", StringComparison.Ordinal)) parts[^1] = part;
            else parts.Add(part);
        }
        return string.Join('.', parts);
    }

    private static string Joined(string outer, string inner) => outer.Length == 0 ? inner : inner.Length == 0 ? outer : $"{outer}.{inner}";
}
