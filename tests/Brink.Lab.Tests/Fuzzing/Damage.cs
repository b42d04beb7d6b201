using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Brink.Lab.Tests.Fuzzing;

/// <summary>A valid file and the damages to it.</summary>
/// <param name="Start">Number of the valid file, modulo their count.</param>
internal sealed record DamagedFile(int Start, IReadOnlyList<Damage> Damages)
{
    /// <summary>Generates one to five damages; a failing file is shrunk to the fewest damages that fail.</summary>
    public static Arbitrary<DamagedFile> Any { get; } = Arb.From(
        from start in Gen.Choose(0, 1000)
        from count in Gen.Choose(1, 5)
        from damages in Damage.Any.ArrayOf(count)
        select new DamagedFile(start, damages),
        file => Enumerable.Range(0, file.Damages.Count)
            .Where(_ => file.Damages.Count > 1)
            .Select(i => file with { Damages = [.. file.Damages.Where((_, j) => j != i)] }));

    public byte[] Bytes(IReadOnlyList<byte[]> valid, IReadOnlyList<byte[]> tokens) => Damages.Aggregate(
        valid[Start % valid.Count], (bytes, damage) => damage.Of(bytes, valid[damage.Choice % valid.Count], tokens));

    public override string ToString() => $"file {Start}: {string.Join(", ", Damages)}";
}

/// <summary>One damage to bytes; each number is taken modulo the size of its range.</summary>
/// <param name="At">Position of the damage.</param>
/// <param name="Length">Length of the damaged range.</param>
/// <param name="Choice">Selects the value, the token or the other file.</param>
internal sealed record Damage(DamageKind Kind, int At, int Length, int Choice)
{
    private static readonly long[] Extremes =
    [
        0, 1, -1, int.MaxValue, int.MinValue, 1L << 31, 1L << 32, 1L << 40, 1L << 60, long.MaxValue, long.MinValue, 255, 65536, 100,
    ];

    private static readonly byte[][] Numbers =
    [
        .. new[]
        {
            "0", "-1", "1", "2147483647", "2147483648", "-2147483649", "1152921504606846976", "9223372036854775807", "9223372036854775808",
            "1e999", "-1e308", "1e-320", "NaN", "Infinity", "-inf", "0x10", "1.5", "99999999999999999999999999", "", "1,000",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public static Gen<Damage> Any { get; } =
        from kind in Gen.Choose(0, Enum.GetValues<DamageKind>().Length - 1)
        from at in Gen.Choose(0, int.MaxValue - 1)
        from length in Gen.Choose(0, int.MaxValue - 1)
        from choice in Gen.Choose(0, int.MaxValue - 1)
        select new Damage((DamageKind)kind, at, length, choice);

    public byte[] Of(byte[] bytes, byte[] other, IReadOnlyList<byte[]> tokens)
    {
        // Headers are short and come first: half of all damages hit the first 64 bytes.
        var at = At % (1 + (At % 2 == 0 ? bytes.Length : Math.Min(64, bytes.Length)));
        var length = Math.Min(bytes.Length - at, Length % 3 == 0 ? Length % (1 + bytes.Length) : Length % 17);
        return Kind switch
        {
            DamageKind.FlippedBit => With(bytes, at, one => (byte)(one ^ (1 << (Choice % 8)))),
            DamageKind.OtherByte => With(bytes, at, _ => (byte)Choice),
            DamageKind.Truncated => bytes[..at],
            DamageKind.Cut => Spliced(bytes, at, length, []),
            DamageKind.Repeated => Spliced(bytes, at, 0, bytes.AsSpan(at, length)),
            DamageKind.Moved => Spliced(bytes, at, 0, other.AsSpan(Math.Min(other.Length, Length % (1 + other.Length)))),
            DamageKind.Joined => [.. bytes[..at], .. other[(Length % (1 + other.Length))..]],
            DamageKind.HugeInteger => Spliced(bytes, at, Math.Min(Choice % 2 == 0 ? 4 : 8, bytes.Length - at), Extreme()),
            DamageKind.Token => Spliced(bytes, at, Length % 2 == 0 ? 0 : length, tokens[Choice % tokens.Count]),
            DamageKind.OtherNumber => OtherNumber(bytes, at),
            DamageKind.Inserted => Spliced(bytes, at, 0, Noise(Length % 40)),
            DamageKind.Noise => Noise(Length % 600),
            DamageKind.Zeroed => Spliced(bytes, at, length, new byte[length]),
            DamageKind.Utf16 => (Choice % 2 == 0 ? Encoding.Unicode : Encoding.BigEndianUnicode) is var wide
                ? [.. wide.GetPreamble(), .. wide.GetBytes(Encoding.UTF8.GetString(bytes))]
                : bytes,
            _ => throw new ArgumentOutOfRangeException(nameof(bytes), Kind, "no such damage"),
        };
    }

    private static byte[] With(byte[] bytes, int at, Func<byte, byte> change)
    {
        if (at == bytes.Length) return bytes;
        byte[] copy = [.. bytes];
        copy[at] = change(copy[at]);
        return copy;
    }

    private static byte[] Spliced(byte[] bytes, int at, int length, ReadOnlySpan<byte> piece) =>
        [.. bytes.AsSpan(0, at), .. piece, .. bytes.AsSpan(at + length)];

    private byte[] Extreme()
    {
        var bytes = new byte[8];
        var value = Extremes[Length % Extremes.Length];
        if (Choice % 4 < 2) BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        else BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Choice % 2 != 0 ? bytes : Choice % 4 < 2 ? bytes[..4] : bytes[4..];
    }

    /// <summary>Replaces the first number in the text from a position on.</summary>
    private byte[] OtherNumber(byte[] bytes, int at)
    {
        var from = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (from < 0) return bytes;
        var length = bytes.AsSpan(at + from).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return Spliced(bytes, at + from, length < 0 ? bytes.Length - at - from : length, Numbers[Choice % Numbers.Length]);
    }

    private byte[] Noise(int length)
    {
        var (bytes, state) = (new byte[length], (ulong)Choice);
        for (var i = 0; i < length; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;   // Knuth's linear congruences
            bytes[i] = (byte)(state >> 56);
        }
        return bytes;
    }
}

internal enum DamageKind
{
    FlippedBit,
    OtherByte,
    Truncated,
    Cut,
    Repeated,
    Moved,
    Joined,
    HugeInteger,
    Token,
    OtherNumber,
    Inserted,
    Noise,
    Zeroed,
    Utf16,
}
