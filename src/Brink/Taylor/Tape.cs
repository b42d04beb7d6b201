
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>The loss of a tile of samples in the order of evaluation: the shared nodes, then the tile's own.</summary>
internal sealed class Tape : IDisposable
{
    private readonly Dictionary<Value, int> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly List<Node> _nodes;
    private readonly List<Tensor> _owned = [];

    /// <param name="loss">The sum of the tile's losses, a value [1].</param>
    /// <param name="shared">Nodes that all tiles share.</param>
    /// <param name="precision">Element type to which constants are converted.</param>
    /// <exception cref="ForeignPrimitiveException">The engine lacks a primitive.</exception>
    public Tape(Value loss, SharedNodes shared, ScalarType precision)
    {
        _nodes = [.. shared.Nodes];
        First = _nodes.Count;
        foreach (var value in Topology.Of(loss))
            if (shared.IndexOf(value) < 0) Add(value, shared, precision);
        SetAdjointDegrees();
    }

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The index of the first node of its own.</summary>
    public int First { get; }

    public Range Own => First.._nodes.Count;

    /// <summary>The index of the loss.</summary>
    public int Root => _nodes.Count - 1;

    /// <summary>Addresses of the data, by node.</summary>
    public Dictionary<int, nint> Constants { get; } = [];

    public void Dispose()
    {
        foreach (var tensor in _owned) tensor.Dispose();
    }

    private void Add(Value value, SharedNodes shared, ScalarType precision)
    {
        if (IsConstant(value))
        {
            // A constant that only other constants use gets no node.
            _indices[value] = -1;
            return;
        }
        var operands = value.Operands.Select(operand => IndexOf(operand, shared, precision)).ToArray();
        var degree = Node.DegreeOf(value.Primitive, [.. operands.Select(operand => _nodes[operand])]);
        _indices[value] = _nodes.Count;
        _nodes.Add(new(value.Primitive, operands, value.Shape, degree));
    }

    private int IndexOf(Value value, SharedNodes shared, ScalarType precision)
    {
        if (shared.IndexOf(value) is var index and >= 0) return index;
        if (_indices[value] is var known and >= 0) return known;
        // First use of a constant: the channels of images are made innermost.
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var nothing = zeros(0, dtype: precision);
        var tensor = value.Evaluate(nothing).to(precision);
        tensor = (tensor.dim() == 4 ? tensor.permute(0, 2, 3, 1) : tensor).contiguous();
        // An alias of what may be the caller's memory, which lives as long as either tensor.
        _owned.Add(tensor.alias().DetachFromDisposeScope());
        Constants[_nodes.Count] = TensorMemory.Address(_owned[^1]);
        _indices[value] = _nodes.Count;
        _nodes.Add(new(new Constant(_owned[^1]), [], value.Shape, Degree: 0));
        return _indices[value];
    }

    private static bool IsConstant(Value value) =>
        value.Primitive is Constant || (value.Operands.Count > 0 && value.Operands.All(IsConstant));

    private void SetAdjointDegrees()
    {
        _nodes[Root].AdjointDegree = 0;
        for (var i = Root; i >= First; i--)
        {
            var node = _nodes[i];
            for (var k = 0; k < node.Operands.Count; k++)
            {
                var operand = _nodes[node.Operands[k]];
                if (operand.Moves && node.Operands[k] >= First)
                    operand.AdjointDegree = Math.Max(operand.AdjointDegree, node.DegreePassed(k, _nodes));
            }
        }
    }
}
