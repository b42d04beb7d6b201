using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Brink.Zoo.Checkpoints;

/// <summary>The bytes of a pickle, read from front to back. A length is compared with the rest of the bytes before memory is
/// allocated.</summary>
internal sealed class PickleBytes(ReadOnlyMemory<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Position of the next byte.</summary>
    public int Position { get; private set; }

    public byte Byte() => Span(1)[0];

    public long UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Span(2));

    public long Int32() => BinaryPrimitives.ReadInt32LittleEndian(Span(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Span(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Span(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Span(8));

    public ReadOnlySpan<byte> Span(ulong length)
    {
        if (length > (ulong)(bytes.Length - Position))
            throw new InvalidDataException($"the pickle is truncated at byte {bytes.Length:N0}; the file is damaged, save it again");
        var span = bytes.Span.Slice(Position, (int)length);
        Position += (int)length;
        return span;
    }

    public string Text(ulong length)
    {
        try
        {
            return StrictUtf8.GetString(Span(length));
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException("a text of the pickle is not UTF-8; the file is damaged, save it again", e);
        }
    }

    /// <summary>Reads a text up to the end of its line.</summary>
    public string Line()
    {
        var length = bytes.Span[Position..].IndexOf((byte)'\n');
        var text = Text(length < 0 ? ulong.MaxValue : (ulong)length);
        Position++;
        return text;
    }

    /// <summary>Reads a signed little-endian integer: a long where 64 bits are enough, otherwise a BigInteger.</summary>
    public object Integer(byte length)
    {
        var integer = new BigInteger(Span(length));
        return integer >= long.MinValue && integer <= long.MaxValue ? (long)integer : integer;
    }

    /// <summary>Returns the exception of a damaged pickle.</summary>
    public InvalidDataException Damaged(string what) => new(
        string.Create(CultureInfo.InvariantCulture, $"{what} before byte {Position:N0} of the pickle; the file is damaged, save it again"));
}
