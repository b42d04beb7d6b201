namespace Brink.Zoo.Checkpoints;

/// <summary>Reads pickles of tensors and plain containers. A pickle is a program for a machine with a stack and a memo; this
/// machine carries out only the operations that build containers, and calls nothing: see <see cref="PickledCalls"/>.</summary>
/// <remarks>Values: null, bool, long (BigInteger beyond 64 bits), double, string, byte[]; object?[] (tuple), List (list or set),
/// OrderedDictionary (dictionary); a <see cref="PickledGlobal"/>, a <see cref="StorageReference"/> or a
/// <see cref="StoredTensor"/>. Every operation takes at least a byte of the file and allocates a bounded number of bytes.</remarks>
internal sealed class Pickle
{
    private const int NewestProtocol = 5;

    private readonly PickleBytes _bytes;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();   // heights of the stack
    private readonly Dictionary<uint, object?> _memo = [];

    private Pickle(ReadOnlyMemory<byte> bytes) => _bytes = new(bytes);

    /// <summary>Reads the value of a pickle.</summary>
    /// <exception cref="InvalidDataException">The pickle refers to anything else than tensors and plain containers, is damaged,
    /// or is nested too deeply.</exception>
    public static object? Read(ReadOnlyMemory<byte> bytes)
    {
        var pickle = new Pickle(bytes);
        while (pickle.CarryOut((Opcode)pickle._bytes.Byte())) { }
        var value = pickle.Popped();
        PickledTree.Check(value);
        return value;
    }

    /// <summary>Carries out an operation. Returns false for the last one.</summary>
    private bool CarryOut(Opcode operation)
    {
        switch (operation)
        {
            case Opcode.Stop: return false;
            case Opcode.Proto: CheckProtocol(_bytes.Byte()); break;
            case Opcode.Frame: _bytes.UInt64(); break;

            case Opcode.None: Push(null); break;
            case Opcode.NewTrue: Push(true); break;
            case Opcode.NewFalse: Push(false); break;
            case Opcode.BinInt: Push(_bytes.Int32()); break;
            case Opcode.BinInt1: Push((long)_bytes.Byte()); break;
            case Opcode.BinInt2: Push(_bytes.UInt16()); break;
            case Opcode.Long1: Push(_bytes.Integer(_bytes.Byte())); break;
            case Opcode.BinFloat: Push(_bytes.Double()); break;
            case Opcode.ShortBinUnicode or Opcode.ShortBinString: Push(_bytes.Text(_bytes.Byte())); break;
            case Opcode.BinUnicode or Opcode.BinString: Push(_bytes.Text(_bytes.UInt32())); break;
            case Opcode.BinUnicode8: Push(_bytes.Text(_bytes.UInt64())); break;
            case Opcode.ShortBinBytes: Push(_bytes.Span(_bytes.Byte()).ToArray()); break;
            case Opcode.BinBytes: Push(_bytes.Span(_bytes.UInt32()).ToArray()); break;
            case Opcode.BinBytes8: Push(_bytes.Span(_bytes.UInt64()).ToArray()); break;

            case Opcode.Mark: _marks.Push(_stack.Count); break;
            case Opcode.Pop: Pop(); break;
            case Opcode.PopMark: Marked(); break;

            case Opcode.EmptyTuple: Push(Array.Empty<object?>()); break;
            case Opcode.Tuple1: Push(Last(1)); break;
            case Opcode.Tuple2: Push(Last(2)); break;
            case Opcode.Tuple3: Push(Last(3)); break;
            case Opcode.Tuple: Push(Marked()); break;
            case Opcode.EmptyList or Opcode.EmptySet: Push(new List<object?>()); break;
            case Opcode.List or Opcode.FrozenSet: Push(new List<object?>(Marked())); break;
            case Opcode.Append: Append(Last(1)); break;
            case Opcode.Appends or Opcode.AddItems: Append(Marked()); break;
            case Opcode.EmptyDict: Push(PickledCalls.Dictionary()); break;
            case Opcode.Dict: NewDictionary(Marked()); break;
            case Opcode.SetItem: SetItems(Last(2)); break;
            case Opcode.SetItems: SetItems(Marked()); break;

            case Opcode.BinPut: Memoize(_bytes.Byte()); break;
            case Opcode.LongBinPut: Memoize(_bytes.UInt32()); break;
            case Opcode.Memoize: Memoize((uint)_memo.Count); break;
            case Opcode.BinGet: Push(Memo(_bytes.Byte())); break;
            case Opcode.LongBinGet: Push(Memo(_bytes.UInt32())); break;

            case Opcode.Global: Push(PickledGlobal.Of(_bytes.Line(), _bytes.Line())); break;
            case Opcode.StackGlobal: Push(StackGlobal(Last(2))); break;
            case Opcode.Reduce or Opcode.NewObj: Push(Called(Last(2))); break;
            case Opcode.BinPersistentId: Push(StorageReference.Of(Popped())); break;
            case Opcode.Build: Build(Popped()); break;
            default: throw Refused(operation);
        }
        return true;
    }

    private static void CheckProtocol(byte protocol)
    {
        if (protocol > NewestProtocol)
            throw new InvalidDataException($"the pickle has protocol {protocol}; save it with protocol {NewestProtocol} or older");
    }

    private static InvalidDataException Refused(Opcode operation)
    {
        var name = Enum.IsDefined(operation) ? operation.ToString().ToUpperInvariant() : $"0x{(byte)operation:x2}";
        return new($"has the pickle operation {name}; a checkpoint of tensors and plain containers does not, and nothing of it was run: "
            + "save state dicts and numbers only");
    }

    private void Push(object? value) => _stack.Add(value);

    /// <summary>Height of the stack below which the values belong to an open mark.</summary>
    private int Bottom => _marks.TryPeek(out var mark) ? mark : 0;

    private object? Top => _stack.Count > Bottom ? _stack[^1] : throw _bytes.Damaged("a value is missing");

    private object? Popped()
    {
        var top = Top;
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private void Pop()
    {
        if (_marks.TryPeek(out var mark) && mark == _stack.Count) _marks.Pop();
        else Popped();
    }

    private object?[] Last(int count)
    {
        if (_stack.Count - Bottom < count) throw _bytes.Damaged("a value is missing");
        return From(_stack.Count - count);
    }

    private object?[] Marked() => _marks.TryPop(out var mark) ? From(mark) : throw _bytes.Damaged("a mark is missing");

    private object?[] From(int height)
    {
        var values = _stack[height..].ToArray();
        _stack.RemoveRange(height, values.Length);
        return values;
    }

    private void Append(object?[] values)
    {
        if (Top is not List<object?> list) throw _bytes.Damaged("a list is missing");
        list.AddRange(values);
    }

    private void NewDictionary(object?[] pairs)
    {
        Push(PickledCalls.Dictionary());
        SetItems(pairs);
    }

    private void SetItems(object?[] pairs)
    {
        if (Top is not OrderedDictionary<object, object?> dictionary || pairs.Length % 2 != 0)
            throw _bytes.Damaged("a dictionary is missing");
        for (var i = 0; i < pairs.Length; i += 2) PickledCalls.Add(dictionary, pairs[i], pairs[i + 1]);
    }

    private void Memoize(uint index) => _memo[index] = Top;

    private object? Memo(uint index) =>
        _memo.TryGetValue(index, out var value) ? value : throw _bytes.Damaged($"the memo has no value {index}");

    private PickledGlobal StackGlobal(object?[] names) => names is [string module, string name]
        ? PickledGlobal.Of(module, name)
        : throw _bytes.Damaged("a name is missing");

    private object? Called(object?[] call) => call is [PickledGlobal called, object?[] arguments]
        ? PickledCalls.Of(called, arguments)
        : throw _bytes.Damaged("a call has no known target");

    /// <summary>Sets attributes of the top value. Those of a dictionary, such as the versions of a state dict, are not
    /// needed.</summary>
    private void Build(object? state)
    {
        if (Top is NumpyType type) type.Build(state);
        else if (Top is not OrderedDictionary<object, object?>) throw _bytes.Damaged("attributes of no known value are set");
    }
}
