using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Brink.Lab.Tests;

/// <summary>Writes .npz files: float64 and int64 arrays by name, format version 1.0.</summary>
internal static class NumpyArchive
{
    public static void Write(string path, params (string Name, Array Values, int[] Shape)[] arrays)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, values, shape) in arrays)
        {
            using var entry = archive.CreateEntry($"{name}.npy").Open();
            var sizes = string.Concat(shape.Select(size => $"{size},"));
            var header = $"{{'descr': '{(values is double[]? "<f8" : "<i8")}', 'fortran_order': False, 'shape': ({sizes}), }}";
            header = header.PadRight(((header.Length + 10 + 64) / 64 * 64) - 11) + "\n";
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
            entry.Write(
                values is double[] numbers ? MemoryMarshal.AsBytes(numbers.AsSpan()) : MemoryMarshal.AsBytes(((long[])values).AsSpan()));
        }
    }
}
