using System.IO.Compression;
using Brink.Games;

namespace Brink.Zoo.Formats;

/// <summary>Reads and writes the weights of a learned optimizer: safetensors, or the zip archive of PyTorch, in which the
/// published weights come.</summary>
/// <remarks>From the zip archive only the raw float32 storages are read, in the order of the published weights; the pickle
/// that names them is a program, and is not executed.</remarks>
public static class OptimizerFile
{
    private const int Float = sizeof(float);

    // The storages of a second cell, which the published code creates and does not use.
    private const int FirstUnused = 4, LastUnused = 7;

    private static readonly byte[] ZipMark = [(byte)'P', (byte)'K', 3, 4];

    /// <exception cref="InvalidDataException">There is no such file, or its content is not valid; the message is one
    /// line.</exception>
    public static LearnedOptimizer Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(File.Exists(path) ? $"{path}: {e.Message}" : $"{path}: there is no such file", e);
        }
    }

    /// <param name="file">Seekable stream.</param>
    /// <param name="name">Name in error messages.</param>
    public static LearnedOptimizer Read(Stream file, string name)
    {
        using var scope = NewDisposeScope();
        try
        {
            var mark = new byte[ZipMark.Length];
            var zip = file.ReadAtLeast(mark, mark.Length, throwOnEndOfStream: false) == mark.Length && mark.SequenceEqual(ZipMark);
            file.Position = 0;
            var weights = zip ? Published(file) : Safetensors.Read(file, name).Tensors;
            foreach (var (weight, tensor) in weights) Check(weight, tensor, weights);
            var read = LearnedOptimizer.Of(weights);
            foreach (var tensor in read.Named().Values) scope.MoveToOuter(tensor);
            return read;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException(e.Message.StartsWith(name, StringComparison.Ordinal) ? e.Message : $"{name}: {e.Message}", e);
        }
    }

    /// <summary>Writes the weights as safetensors.</summary>
    /// <param name="path">Path of the file; an existing file is replaced.</param>
    /// <param name="optimizer">The weights.</param>
    /// <param name="remarks">Remarks on the origin of the weights.</param>
    public static void Write(string path, LearnedOptimizer optimizer, IReadOnlyDictionary<string, string>? remarks = null) =>
        Safetensors.Write(path, optimizer.Named(), remarks);

    /// <summary>Checks one tensor: a single NaN among the weights makes every game NaN.</summary>
    private static void Check(string name, Tensor tensor, IReadOnlyDictionary<string, Tensor> weights)
    {
        var fault = !tensor.is_floating_point() ? $"the type is {tensor.dtype}; weights must be floating-point numbers"
            : name.StartsWith("recurs.", StringComparison.Ordinal) && weights.TryGetValue("output.weight", out var output)
                && output.dtype != tensor.dtype ? $"the type is {tensor.dtype}, that of output.weight {output.dtype}; both must be equal"
            : !tensor.isfinite().all().ToBoolean() ? "a value is not finite"
            : name == LearnedOptimizer.ReachName && (tensor.numel() != 1 || !(tensor.ToDouble() > 0))
                ? "the value must be one number above 0"
            : null;
        if (fault is not null) throw new InvalidDataException($"{Quoted.Of(name)}: {fault}");
    }

    private static Dictionary<string, Tensor> Published(Stream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        var storages = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.Contains("/data/", StringComparison.Ordinal)))
        {
            if (!storages.TryAdd(entry.Name, entry))
                throw new InvalidDataException($"the archive has storage {Quoted.Of(entry.Name)} twice");
        }
        var layout = LearnedOptimizer.Layout(LearnedOptimizer.PublishedHidden);
        var places = Enumerable.Range(0, layout.Count + LastUnused - FirstUnused + 1).Where(i => i is < FirstUnused or > LastUnused);
        return layout.Zip(places).ToDictionary(
            pair => pair.First.Name,
            pair => Storage(storages, pair.Second, pair.First.Name, pair.First.Shape),
            StringComparer.Ordinal);
    }

    private static Tensor Storage(Dictionary<string, ZipArchiveEntry> storages, int number, string name, long[] shape)
    {
        var expected = Float * shape.Aggregate(1L, (product, size) => product * size);
        if (!storages.TryGetValue($"{number}", out var entry))
            throw new InvalidDataException($"the weights are of another architecture: storage {number} ({name}) is missing");
        if (entry.Length != expected)
        {
            throw new InvalidDataException(
                $"the weights are of another architecture: storage {number} ({name}) has {entry.Length} bytes, "
                    + $"not {expected} for [{string.Join(',', shape)}] in float32");
        }
        var bytes = Content(entry, number, name);
        var values = new float[expected / Float];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);   // little-endian, as every machine that libtorch runs on
        return tensor(values).reshape(shape);
    }

    private static byte[] Content(ZipArchiveEntry entry, int number, string name)
    {
        try
        {
            return CheckedEntry.Read(entry);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"storage {number} ({name}): {e.Message}", e);
        }
    }
}
