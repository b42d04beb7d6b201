using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>The places of the coefficients of a tape's own nodes.</summary>
/// <remarks>
/// <para>Of order 0 only what higher orders read is kept: the factors of products that move, the inputs of functions'
/// derivatives, and the adjoints of the results of both. All else is transient: it is stored in the memory of the thread.</para>
/// <para>A primitive that passes its input on takes no memory if nothing else reads its operand, neither for its value nor for
/// the operand's adjoint.</para>
/// </remarks>
internal sealed class TapeMemory
{
    private const long Line = 16;      // elements; a cache line or two

    private readonly Tape _tape;
    private readonly int[] _valueOwner, _adjointOwner;      // the node in whose memory a node is stored
    private readonly Place[] _value, _adjoint;

    public TapeMemory(Tape tape)
    {
        _tape = tape;
        var nodes = tape.Nodes;
        var (readers, isRead) = Readers();
        (_valueOwner, _adjointOwner) = ([.. Enumerable.Range(0, nodes.Count)], [.. Enumerable.Range(0, nodes.Count)]);
        for (var i = tape.First; i < nodes.Count; i++) Share(i, readers, isRead);
        for (var i = nodes.Count - 1; i >= tape.First; i--)
            for (var k = 0; k < nodes[i].Operands.Count; k++)
                if (nodes[i].SharesAdjoint[k]) _adjointOwner[nodes[i].Operands[k]] = _adjointOwner[i];

        var (keptValue, keptAdjoint) = (new bool[nodes.Count], new bool[nodes.Count]);
        for (var i = tape.First; i < nodes.Count; i++)
        {
            keptValue[_valueOwner[i]] |= isRead[i];
            keptAdjoint[_adjointOwner[i]] |= nodes[i].Moves && nodes[i].ReadsAdjoint(nodes);
        }
        (_value, _adjoint) = (new Place[nodes.Count], new Place[nodes.Count]);
        for (var i = tape.First; i < nodes.Count; i++)
        {
            if (tape.Constants.ContainsKey(i)) continue;
            if (_valueOwner[i] == i) _value[i] = Reserve(nodes[i], keptValue[i]);
            if (_adjointOwner[i] == i && nodes[i].Moves) _adjoint[i] = Reserve(nodes[i], keptAdjoint[i]);
        }
    }

    /// <summary>Elements of order 0 that are kept.</summary>
    public long Kept { get; private set; }

    /// <summary>Elements of order 0 that are not kept.</summary>
    public long Transient { get; private set; }

    /// <summary>Elements of each higher order.</summary>
    public long Order { get; private set; }

    /// <summary>Sets the addresses of order 0.</summary>
    public void PlaceLowest(nint[] values, nint[] adjoints, nint kept, nint transient, int size) => Set(
        values, adjoints, place => (place.IsKept ? kept : transient) + (nint)(place.Lowest * size));

    /// <summary>Sets the addresses of a higher order.</summary>
    public void PlaceOrder(nint[] values, nint[] adjoints, nint start, int size) =>
        Set(values, adjoints, place => start + (nint)(place.Higher * size));

    private void Set(nint[] values, nint[] adjoints, Func<Place, nint> address)
    {
        for (var i = _tape.First; i < _tape.Nodes.Count; i++)
        {
            if (_tape.Constants.TryGetValue(i, out var constant))
            {
                values[i] = constant;
                continue;
            }
            values[i] = address(_value[_valueOwner[i]]);
            adjoints[i] = address(_adjoint[_adjointOwner[i]]);
        }
    }

    /// <summary>By node, the number of its readers, and whether higher orders read its value of order 0.</summary>
    private (int[] Readers, bool[] IsRead) Readers()
    {
        var nodes = _tape.Nodes;
        var (readers, isRead) = (new int[nodes.Count], new bool[nodes.Count]);
        for (var i = _tape.First; i < nodes.Count; i++)
        {
            isRead[i] = nodes[i].ReadsItself;
            for (var k = 0; k < nodes[i].Operands.Count; k++)
            {
                readers[nodes[i].Operands[k]]++;
                isRead[nodes[i].Operands[k]] |= nodes[i].ReadsOperand(k, nodes);
            }
        }
        return (readers, isRead);
    }

    private void Share(int i, int[] readers, bool[] isRead)
    {
        var node = _tape.Nodes[i];
        for (var k = 0; k < node.Operands.Count; k++)
        {
            var operand = node.Operands[k];
            if (node.Primitive is not Linear linear || !linear.IsIdentity(k)) continue;
            if (operand < _tape.First || readers[operand] != 1 || _tape.Constants.ContainsKey(operand)) continue;
            node.SharesAdjoint[k] = _tape.Nodes[operand].Moves;
            node.InPlace |= k == 0 && !isRead[operand];
        }
        if (node.InPlace) _valueOwner[i] = _valueOwner[node.Operands[0]];
    }

    private Place Reserve(Node node, bool kept)
    {
        var size = (node.Stored + Line - 1) / Line * Line;
        var place = new Place(kept, kept ? Kept : Transient, Order);
        if (kept) Kept += size;
        else Transient += size;
        if (node.Moves) Order += size;
        return place;
    }

    /// <param name="IsKept">True if kept at order 0.</param>
    /// <param name="Lowest">Offset at order 0, in the kept or in the transient memory.</param>
    /// <param name="Higher">Offset at any higher order.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Place(bool IsKept, long Lowest, long Higher);
}
