using System.Buffers.Binary;

namespace Brink.Graphs.Export;

/// <summary>The checksum of zip archives, which .NET does not compare: polynomial 0xEDB88320, reflected.</summary>
internal static class Crc32
{
    private const int Slices = 8;   // bytes that one step of the loop takes

    // Table s maps a byte to its remainder after s more zero bytes: eight bytes are then looked up independently.
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The checksum of the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Tables[7][low & 0xFF] ^ Tables[6][(low >> 8) & 0xFF] ^ Tables[5][(low >> 16) & 0xFF] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 0xFF] ^ Tables[2][(high >> 8) & 0xFF] ^ Tables[1][(high >> 16) & 0xFF] ^ Tables[0][high >> 24];
        }
        foreach (var one in bytes) crc = Tables[0][(crc ^ one) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[Slices][];
        for (var s = 0; s < Slices; s++)
        {
            tables[s] = new uint[256];
            for (var value = 0u; value < 256; value++)
            {
                var before = s == 0 ? value : tables[s - 1][value];
                tables[s][value] = s == 0 ? Remainder(before) : tables[0][before & 0xFF] ^ (before >> 8);
            }
        }
        return tables;
    }

    private static uint Remainder(uint value)
    {
        for (var bit = 0; bit < 8; bit++) value = (value >> 1) ^ ((value & 1) * 0xEDB88320);
        return value;
    }
}
