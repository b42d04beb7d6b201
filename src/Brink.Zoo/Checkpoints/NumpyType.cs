using System.Buffers.Binary;
using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>The element type of a NumPy number in a pickle, such as a best accuracy that a training loop stores.</summary>
/// <param name="Code">Kind and bytes: f8, f4, f2, i1 to i8, u1 to u4, b1.</param>
internal sealed record NumpyType(string Code)
{
    private bool _bigEndian;

    /// <summary>Sets the byte order: the second element of NumPy's state.</summary>
    public void Build(object? state)
    {
        if (state is not object?[] { Length: > 1 } parts || parts[1] is not string order || order is not ("<" or ">" or "|" or "="))
            throw new InvalidDataException("a NumPy type has no byte order; the file is damaged, save it again");
        _bigEndian = order == ">";
    }

    /// <summary>Returns the number with these bytes: a double, a long or a bool.</summary>
    public object Number(byte[] bytes)
    {
        var little = _bigEndian ? [.. bytes.Reverse()] : bytes;
        return (Code, bytes.Length) switch
        {
            ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(little),
            ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(little),
            ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(little),
            ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(little),
            ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(little),
            ("i2", 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(little),
            ("i1", 1) => (long)(sbyte)little[0],
            ("u4", 4) => (long)BinaryPrimitives.ReadUInt32LittleEndian(little),
            ("u2", 2) => (long)BinaryPrimitives.ReadUInt16LittleEndian(little),
            ("u1", 1) => (long)little[0],
            ("b1", 1) => little[0] != 0,
            _ => throw new InvalidDataException(
                $"a NumPy number has type {Quoted.Of(Code)} and {bytes.Length} bytes; save it as float(x) or int(x)"),
        };
    }
}
