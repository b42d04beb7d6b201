namespace Brink.Graphs.Export;

/// <summary>Resolves the names that nodes refer to, and makes writes in place explicit: the node becomes one that returns the
/// written tensor, and later references to its first argument refer to the result.</summary>
/// <remarks>A write is refused where a later node reads other views of the same memory, and where it changes a parameter.</remarks>
internal sealed class Linking
{
    private readonly string _path;
    private readonly IReadOnlyList<GraphNode> _nodes;
    private readonly Dictionary<string, SharedValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Argument> _literals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastUses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <param name="path">Path of the file, for messages.</param>
    /// <param name="nodes">Nodes in order, with the names of the file.</param>
    /// <param name="outputs">Returned values, with the names of the file.</param>
    public Linking(string path, IReadOnlyList<GraphNode> nodes, IReadOnlyList<string> outputs)
    {
        (_path, _nodes) = (path, nodes);
        for (var i = 0; i < nodes.Count; i++)
            foreach (var argument in nodes[i].Inputs.Concat(nodes[i].Attributes.Values)) NoteUses(argument, i);
        foreach (var output in outputs) _lastUses[output] = nodes.Count;
    }

    /// <summary>Titles of the constants that nodes write into.</summary>
    public List<string> WrittenConstants { get; } = [];

    /// <summary>Declares a name of a constant; several names may have one constant.</summary>
    public void Declare(string name, GraphConstant constant)
    {
        var value = _values.GetValueOrDefault(constant.Name) ?? New(constant.Name, constant, []);
        Declare(name, value);
    }

    /// <summary>Declares an input.</summary>
    public void Declare(GraphInput input) => Declare(input.Name, New(input.Name, null, []));

    /// <summary>Declares a name that stands for a literal.</summary>
    public void Declare(string name, Argument literal)
    {
        if (_values.ContainsKey(name) || !_literals.TryAdd(name, literal)) throw Twice(name);
    }

    /// <summary>Returns the nodes with resolved names, and without the names of results that nothing uses.</summary>
    /// <param name="outputs">Returned values, with the names of the file; on return, with resolved names.</param>
    public IReadOnlyList<GraphNode> Link(IReadOnlyList<string> outputs, out IReadOnlyList<string> returned)
    {
        var linked = new GraphNode[_nodes.Count];
        for (var i = 0; i < linked.Length; i++) linked[i] = Link(_nodes[i], i);
        returned = [.. outputs.Select(name => _literals.ContainsKey(name)
            ? throw new GraphException($"{_path}: the output {Quoted.Of(name)} is a constant; export a model that returns a tensor")
            : Value(name, "an output").Current)];
        _used.UnionWith(returned);
        return [.. linked.Select(node => node with { Outputs = [.. node.Outputs.Select(name => _used.Contains(name) ? name : "")] })];
    }

    private GraphNode Link(GraphNode node, int number)
    {
        var place = $"node {Quoted.Of(node.Name.Length > 0 ? node.Name : node.Operator)}";
        var first = (node.Inputs.Count > 0 ? node.Inputs[0] : node.Attributes.Values.FirstOrDefault()) is Argument.Reference(var name)
            && !_literals.ContainsKey(name) ? Value(name, place) : null;
        var attributes = new OrderedDictionary<string, Argument>(node.Attributes.Count, StringComparer.Ordinal);
        foreach (var (key, argument) in node.Attributes) attributes.Add(key, Resolved(argument, place));
        var linked = node with { Inputs = [.. node.Inputs.Select(input => Resolved(input, place))], Attributes = attributes };
        if (InPlace.WithoutWriting(node.Operator) is { } pure)
        {
            Write(node, number, first);
            return linked with { Operator = pure };
        }
        var isView = first is not null && InPlace.IsView(node.Operator);
        foreach (var result in node.Outputs.Where(result => result.Length > 0))
            Declare(result, New(result, null, isView ? first!.Memory : []));
        return linked;
    }

    private void Write(GraphNode node, int number, SharedValue? written)
    {
        var place = $"{_path}: node {Quoted.Of(node.Name)} ({Quoted.OneLine(node.Operator)})";
        if (written is null || node.Outputs is not [{ Length: > 0 } result])
            throw new GraphException($"{place} writes in place into something other than one tensor; export a model that does not");
        if (written.Constant is { Role: ConstantRole.Parameter } parameter)
        {
            throw new GraphException(
                $"{place} writes in place into the parameter {Quoted.Of(parameter.Title)}; export a model that does not");
        }
        foreach (var other in written.Memory)
        {
            if (other != written && other.LastUse > number)
            {
                throw new GraphException(
                    $"{place} writes in place into memory that {Quoted.Of(other.Current)} shares and that is read later; "
                        + "clone the tensor before the write");
            }
        }
        // The values that are not read later need no further comparison.
        written.Memory.Clear();
        written.Memory.Add(written);
        if (written.Constant is { } constant && written.Current == constant.Name) WrittenConstants.Add(constant.Title);
        written.Current = result;
        Declare(result, written);
    }

    private void Declare(string name, SharedValue value)
    {
        if (_literals.ContainsKey(name) || !_values.TryAdd(name, value)) throw Twice(name);
        value.LastUse = Math.Max(value.LastUse, _lastUses.GetValueOrDefault(name, -1));
    }

    private static SharedValue New(string name, GraphConstant? constant, List<SharedValue> memory)
    {
        var value = new SharedValue(name, constant, memory);
        memory.Add(value);
        return value;
    }

    private SharedValue Value(string name, string place) => _values.TryGetValue(name, out var value)
        ? value
        : throw new GraphException(
            $"{_path}: {place} refers to {Quoted.Of(name)}, which nothing before it defines; the file is damaged, save it again");

    private Argument Resolved(Argument argument, string place)
    {
        switch (argument)
        {
            case Argument.Reference(var name) when _literals.TryGetValue(name, out var literal):
                return literal;
            case Argument.Reference(var name):
                var current = Value(name, place).Current;
                _used.Add(current);
                return new Argument.Reference(current);
            case Argument.List(var items):
                return new Argument.List([.. items.Select(item => Resolved(item, place))]);
            default:
                return argument;
        }
    }

    private void NoteUses(Argument argument, int node)
    {
        if (argument is Argument.Reference(var name)) _lastUses[name] = node;
        else if (argument is Argument.List(var items)) foreach (var item in items) NoteUses(item, node);
    }

    private GraphException Twice(string name) =>
        new($"{_path}: two values have the name {Quoted.Of(name)}; the file is damaged, save it again");
}
