using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>Memory that one thread takes in pieces and returns all at once. It grows to the largest total taken, and is then
/// allocated no more.</summary>
internal sealed unsafe class Scratch : IDisposable
{
    private readonly List<NativeBlock> _blocks = [];
    private int _block;
    private nuint _used;

    /// <summary>Takes elements of undefined content, aligned to a cache line.</summary>
    public T* Take<T>(long count)
        where T : unmanaged
    {
        var bytes = NativeBlock.Rounded((nuint)(count * sizeof(T)));
        for (; _block < _blocks.Count; _block++, _used = 0)
            if (_used + bytes <= _blocks[_block].Bytes) return Next<T>(bytes);
        _blocks.Add(new(Math.Max(bytes, 1 << 20)));
        return Next<T>(bytes);
    }

    /// <summary>Returns all pieces taken.</summary>
    public void Clear() => (_block, _used) = (0, 0);

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _blocks.Clear();
    }

    private T* Next<T>(nuint bytes)
        where T : unmanaged
    {
        var start = _blocks[_block].Data + _used;
        _used += bytes;
        return (T*)start;
    }
}

/// <summary>Native memory aligned to a cache line.</summary>
internal sealed unsafe class NativeBlock : SafeHandle
{
    private const nuint Line = 64;

    /// <exception cref="OutOfMemoryException">The system has too little memory.</exception>
    public NativeBlock(nuint bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = Rounded(bytes);
        SetHandle((nint)NativeMemory.AlignedAlloc(Math.Max(Bytes, Line), Line));
    }

    public nuint Bytes { get; }

    public byte* Data => (byte*)handle;

    public override bool IsInvalid => handle == 0;

    /// <summary>Rounds up to whole cache lines.</summary>
    public static nuint Rounded(nuint bytes) => (bytes + Line - 1) / Line * Line;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}

/// <summary>One block of memory that grows to the largest size requested; its contents are lost when it grows.</summary>
internal sealed unsafe class Growing : IDisposable
{
    private NativeBlock? _block;

    public nint At(long bytes)
    {
        if (_block is null || _block.Bytes < (nuint)bytes)
        {
            _block?.Dispose();
            _block = new((nuint)bytes);
        }
        return (nint)_block.Data;
    }

    public void Dispose() => _block?.Dispose();
}
