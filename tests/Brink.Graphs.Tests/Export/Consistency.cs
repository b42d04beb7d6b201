namespace Brink.Graphs.Tests.Export;

/// <summary>What holds for every graph that a reader returns.</summary>
internal static class Consistency
{
    /// <summary>Asserts that each reference is to an input, a constant or a result of a node before, that names are unique, and that
    /// every constant has the bytes of its shape.</summary>
    public static void Check(Graph graph)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in graph.Constants.Keys.Concat(graph.Inputs.Select(input => input.Name))) Assert.True(known.Add(name), name);
        foreach (var node in graph.Nodes)
        {
            Assert.All(node.Inputs.Concat(node.Attributes.Values).SelectMany(References), name => Assert.Contains(name, known));
            foreach (var result in node.Outputs.Where(result => result.Length > 0)) Assert.True(known.Add(result), result);
        }
        Assert.All(graph.Outputs, name => Assert.Contains(name, known));
        Assert.NotEmpty(graph.Outputs);
        foreach (var (name, constant) in graph.Constants)
        {
            Assert.Equal(name, constant.Name);
            Assert.Equal(constant.Data.Count * constant.Data.Type.Size(), constant.Data.Bytes.Length);
        }
    }

    public static IEnumerable<string> References(Argument argument) => argument switch
    {
        Argument.Reference(var name) => [name],
        Argument.List(var items) => items.SelectMany(References),
        _ => [],
    };
}
