namespace Brink.Graphs.Export;

/// <summary>Reads nodes, with the names of the file.</summary>
internal static class NodeReader
{
    private const string AtenPrefix = "torch.ops.", DefaultOverload = ".default", WholeModel = "L['self']";

    /// <summary>Reads a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="version">Version of the operator set.</param>
    /// <exception cref="GraphException">The node is damaged, or has an argument that is not supported.</exception>
    public static GraphNode Of(Field node, int version)
    {
        var target = node["target"].Text;
        var name = node.Optional("name")?.Text ?? "";
        var place = $"{node.Place}: node {Quoted.Of(name.Length > 0 ? name : target)} ({Quoted.OneLine(target)})";
        node = node.At(place);
        var positional = new List<Argument>();
        var named = new OrderedDictionary<string, Argument>(StringComparer.Ordinal);
        foreach (var input in node["inputs"].Items)
        {
            var key = input["name"].Text;
            var argument = ArgumentReader.Of(input["arg"].At($"{place}: argument {Quoted.Of(key)}"));
            // Operators without a schema have positional arguments without names.
            if (key.Length == 0) positional.Add(argument);
            else if (!named.TryAdd(key, argument))
                throw node.Wrong($"has two arguments {Quoted.Of(key)}; the file is damaged, save it again");
        }
        return new(Operator(target), version, name, Layer(node), positional, named, [.. node["outputs"].Items.SelectMany(Results)]);
    }

    /// <summary>The name of an operator: <c>aten.NAME</c> for the default overload, <c>aten.NAME.OVERLOAD</c> for others, and
    /// <c>operator.NAME</c> for Python's operators on symbolic sizes. Other names are those of the file.</summary>
    public static string Operator(string target)
    {
        if (target.StartsWith("_operator.", StringComparison.Ordinal)) return target[1..];
        if (!target.StartsWith(AtenPrefix, StringComparison.Ordinal)) return target;
        var name = target[AtenPrefix.Length..];
        return name.EndsWith(DefaultOverload, StringComparison.Ordinal) ? name[..^DefaultOverload.Length] : name;
    }

    /// <summary>The path of the innermost module around a node.</summary>
    private static string Layer(Field node)
    {
        if (node.Optional("metadata")?.Optional("nn_module_stack")?.Text is not { Length: > 0 } stack) return "";
        // Entries "key,path,type", separated by semicolons, the innermost last; a comma in parentheses belongs to the path.
        var entry = stack[(stack.LastIndexOf(';') + 1)..];
        var (depth, start, end) = (0, -1, -1);
        for (var i = 0; i < entry.Length && end < 0; i++)
        {
            if (entry[i] == '(') depth++;
            else if (entry[i] == ')') depth--;
            else if (entry[i] == ',' && depth <= 0 && start < 0) start = i + 1;
            else if (entry[i] == ',' && depth <= 0) end = i;
        }
        if (end < 0) return "";
        var path = entry[start..end];
        // Nodes that a pass of the exporter inserts name a hook in place of a module.
        if (path.StartsWith("_empty_nn_module_stack", StringComparison.Ordinal)) return "";
        if (path.StartsWith(WholeModel, StringComparison.Ordinal)) path = path[WholeModel.Length..].TrimStart('.');
        // A module that is called several times has the number of the call after its path.
        return path.IndexOf('@', StringComparison.Ordinal) is >= 0 and var call ? path[..call] : path;
    }

    /// <summary>The names of the results, lists flattened; an empty string for a result that is not a value.</summary>
    private static IEnumerable<string> Results(Field output) => ArgumentReader.Of(output) switch
    {
        Argument.Reference(var name) => [name],
        Argument.List(var items) => items.Select(item => item is Argument.Reference(var name) ? name : ""),
        Argument.Missing => [""],
        _ => throw output.Wrong("a result is neither a tensor nor a symbol; the file is damaged, save it again"),
    };
}
