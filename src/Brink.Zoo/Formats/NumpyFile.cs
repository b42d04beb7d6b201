using NumSharp;
using NumSharp.IO;

namespace Brink.Zoo.Formats;

/// <summary>Reads arrays from NumPy's files: .npy, one array, and .npz, a zip archive of arrays, stored or deflated; in
/// format versions 1.0 to 3.0, either byte order and either memory order.</summary>
/// <remarks>Elements float16, float32, float64, int8 to int64, uint8 and bool keep their type. uint16, uint32 and uint64,
/// which tensors hardly support, become int32 and int64; a number beyond int64 is refused. NumSharp reads the files: it is
/// managed code only, and supports every part of the format that is used here.</remarks>
public static class NumpyFile
{
    /// <summary>Reads the array of a .npy file.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a .npy file, or its array is not numeric.</exception>
    public static Tensor Read(string path) => WithPlace(path, () =>
    {
        using (var file = File.OpenRead(path)) NpyHeader.Check(file, file.Length);
        using var array = np.load_npy(path);
        return TensorOf(array);
    });

    /// <summary>Reads arrays of a .npz file.</summary>
    /// <param name="names">Names of the arrays, without their extension .npy in the archive.</param>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a .npz file, an array is not numeric, or there is no array of
    /// such a name (the message lists the names).</exception>
    public static IReadOnlyList<Tensor> Read(string path, IReadOnlyList<string> names)
    {
        using var scope = NewDisposeScope();
        using var archive = WithPlace(path, () => np.load_npz(path));
        var missing = names.FirstOrDefault(name => !archive.Files.Contains(name));
        if (missing is not null)
            throw new InvalidDataException(
                $"{path}: the file has no array {missing}; it has {Quoted.OneLine(string.Join(", ", archive.Files))}");
        Tensor[] arrays = [.. names.Select(name => Member(archive, name, path))];
        foreach (var array in arrays) scope.MoveToOuter(array);
        return arrays;
    }

    /// <summary>Reads all arrays of a .npz file, by their names without the extension .npy in the archive.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a .npz file, or an array is not numeric.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadAll(string path)
    {
        using var scope = NewDisposeScope();
        using var archive = WithPlace(path, () => np.load_npz(path));
        var arrays = archive.Files.ToDictionary(name => name, name => Member(archive, name, path), StringComparer.Ordinal);
        foreach (var array in arrays.Values) scope.MoveToOuter(array);
        return arrays;
    }

    /// <summary>Returns whether a file begins as a zip archive does, which a .npz file is.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static bool IsArchive(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        return file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [(byte)'P', (byte)'K'];
    }

    /// <summary>Returns the names of the arrays of a .npz file, without their extension .npy in the archive.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a .npz file.</exception>
    public static IReadOnlyList<string> Names(string path)
    {
        using var archive = WithPlace(path, () => np.load_npz(path));
        return [.. archive.Files];
    }

    private static Tensor Member(NpzFile archive, string name, string path) => WithPlace($"{path}: {name}", () =>
    {
        var entry = archive.Zip.GetEntry(name + ".npy") ?? archive.Zip.GetEntry(name)!;
        CheckedEntry.Check(entry);
        using (var content = entry.Open()) NpyHeader.Check(content, entry.Length);
        using var array = archive[name];
        return TensorOf(array);
    });

    private static Tensor TensorOf(NDArray array) => array.typecode switch
    {
        NPTypeCode.Half => tensor(array.ToArray<Half>(), array.shape),
        NPTypeCode.Single => tensor(array.ToArray<float>(), array.shape),
        NPTypeCode.Double => tensor(array.ToArray<double>(), array.shape),
        NPTypeCode.SByte => tensor(array.ToArray<sbyte>(), array.shape),
        NPTypeCode.Int16 => tensor(array.ToArray<short>(), array.shape),
        NPTypeCode.Int32 => tensor(array.ToArray<int>(), array.shape),
        NPTypeCode.Int64 => tensor(array.ToArray<long>(), array.shape),
        NPTypeCode.Byte => tensor(array.ToArray<byte>(), array.shape),
        NPTypeCode.Boolean => tensor(array.ToArray<bool>(), array.shape),
        NPTypeCode.UInt16 => tensor(
            Array.ConvertAll(array.ToArray<ushort>(), one => (int)one), array.shape),
        NPTypeCode.UInt32 => tensor(
            Array.ConvertAll(array.ToArray<uint>(), one => (long)one), array.shape),
        NPTypeCode.UInt64 => tensor(Array.ConvertAll(array.ToArray<ulong>(), Signed), array.shape),
        _ => throw new NotSupportedException($"the elements have type {array.typecode}; save real numbers"),
    };

    private static long Signed(ulong number) => number <= long.MaxValue ? (long)number : throw new NotSupportedException(
        $"the uint64 value {number} is too large for int64; save smaller numbers, or a.astype('float64')");

    private static T WithPlace<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e) when (e.Message.StartsWith("Object arrays", StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{where}: this is an array of Python objects; save one of numbers, for example a.astype('float64')", e);
        }
        catch (Exception e) when (e is OutOfMemoryException or OverflowException)
        {
            throw new InvalidDataException($"{where}: the array needs more memory than is available; the file may be damaged", e);
        }
        catch (Exception e) when (e is FormatException or NotSupportedException
            or InvalidDataException or EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"{where}: {Quoted.OneLine(e.Message)}", e);
        }
    }
}
