using Brink.Graphs.Onnx.Schema;

namespace Brink.Graphs.Onnx;

/// <summary>The versions of the operator sets that a model, or a local function, is written in.</summary>
internal sealed class OperatorSets
{
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);

    /// <param name="imports">The declared sets.</param>
    /// <param name="where">The file, or the function in it.</param>
    public OperatorSets(IEnumerable<OperatorSetIdProto> imports, string where)
    {
        foreach (var import in imports)
        {
            var domain = Domain(import.Domain);
            var version = domain.Length == 0
                ? Versions.CheckedOpset(import.Version, where)
                : (int)Math.Clamp(import.Version, 0, int.MaxValue);
            if (!_versions.TryAdd(domain, version) && _versions[domain] != version)
                throw Damage.In(where, $"two versions of the operator set {Quoted.Of(import.Domain)}");
        }
    }

    /// <summary>Version of the default operator set; null if it is not declared.</summary>
    public int? Default => Version("");

    /// <summary>Version of an operator set; null if it is not declared.</summary>
    /// <param name="domain">The domain, as <see cref="Domain"/> returns it.</param>
    public int? Version(string domain) => _versions.TryGetValue(domain, out var version) ? version : null;

    /// <summary>The name of a domain; empty for the default one, which has two names.</summary>
    public static string Domain(string name) => name == "ai.onnx" ? "" : name;

    /// <summary>The name of an operator: with its domain, unless that is the default one.</summary>
    public static string NameOf(NodeProto node) => Domain(node.Domain) is { Length: > 0 } domain ? $"{domain}.{node.OpType}" : node.OpType;
}
