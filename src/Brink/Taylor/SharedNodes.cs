namespace Brink.Taylor;

/// <summary>What all tiles have in common: parameters, and what is made of them linearly. They are evaluated once for all tiles,
/// and the tiles' contributions to their adjoints add up; since they are linear, each order of an adjoint passes back by
/// itself.</summary>
internal sealed class SharedNodes
{
    private readonly Dictionary<Value, int> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Primitive, Sizes Shape, Sizes Operands), int> _known = [];
    private readonly List<Node> _nodes = [];
    private readonly List<long> _places = [];

    /// <param name="losses">Of all tiles.</param>
    /// <param name="dimension">p.</param>
    public SharedNodes(IEnumerable<Value> losses, long dimension)
    {
        Length = Dimension = dimension;
        foreach (var value in losses.SelectMany(Topology.Of)) Add(value);
        CoversTheta = _nodes.Where(node => node.Primitive is Parameter).Sum(node => node.Stored) == dimension;
    }

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>p.</summary>
    public long Dimension { get; }

    /// <summary>Elements of one coefficient of all: theta [p] first, so that parameters lie where they lie in it, then the
    /// others.</summary>
    public long Length { get; private set; }

    /// <summary>Whether each entry of theta belongs to a parameter that a loss is made of.</summary>
    public bool CoversTheta { get; }

    /// <summary>The index of a value, or -1 where it is none of these.</summary>
    public int IndexOf(Value value) => _indices.GetValueOrDefault(value, -1);

    /// <summary>Where in a coefficient of all a node lies.</summary>
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
