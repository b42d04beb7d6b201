namespace Brink.Taylor;

/// <summary>The nodes that all tiles share: parameters, and linear functions of them. They are evaluated once for all tiles,
/// and the tiles' contributions to their adjoints add up. Since they are linear, each order of an adjoint passes back
/// separately.</summary>
internal sealed class SharedNodes
{
    private readonly Dictionary<Value, int> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Primitive, Sizes Shape, Sizes Operands), int> _known = [];
    private readonly List<Node> _nodes = [];
    private readonly List<long> _places = [];

    /// <param name="losses">Losses of all tiles.</param>
    /// <param name="dimension">The number of parameters p.</param>
    public SharedNodes(IEnumerable<Value> losses, long dimension)
    {
        Length = Dimension = dimension;
        foreach (var value in losses.SelectMany(Topology.Of)) Add(value);
        CoversTheta = _nodes.Where(node => node.Primitive is Parameter).Sum(node => node.Stored) == dimension;
    }

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The number of parameters p.</summary>
    public long Dimension { get; }

    /// <summary>The elements of one coefficient of all nodes: first theta [p], in which parameters keep their offsets, then the
    /// other nodes.</summary>
    public long Length { get; private set; }

    /// <summary>True if each entry of theta belongs to a parameter of some loss.</summary>
    public bool CoversTheta { get; }

    /// <summary>Returns the index of a value, or -1 if it is not shared.</summary>
    public int IndexOf(Value value) => _indices.GetValueOrDefault(value, -1);

    /// <summary>The offset of a node in one coefficient of all nodes.</summary>
    public long Place(int node) => _places[node];

    private void Add(Value value)
    {
        if (_indices.ContainsKey(value)) return;
        var operands = value.Operands.Select(IndexOf).ToArray();
        var isShared = value.Primitive is Parameter || (value.Primitive is Linear { IsOfSamples: false } && !operands.Contains(-1));
        if (!isShared) return;
        // Equal primitives of equal operands are one node, whichever tile they come from.
        var key = (value.Primitive, new Sizes(value.Shape), new Sizes([.. operands.Select(operand => (long)operand)]));
        if (!_known.TryGetValue(key, out var index))
        {
            _known[key] = index = _nodes.Count;
            var degree = Node.DegreeOf(value.Primitive, [.. operands.Select(operand => _nodes[operand])]);
            _nodes.Add(new(value.Primitive, operands, value.Shape, degree) { AdjointDegree = Node.Highest });
            _places.Add(value.Primitive is Parameter parameter ? parameter.Offset : Length);
            if (value.Primitive is not Parameter) Length += _nodes[index].Stored;
        }
        _indices[value] = index;
    }
}
