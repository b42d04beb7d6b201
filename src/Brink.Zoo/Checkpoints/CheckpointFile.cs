using System.Globalization;
using System.IO.Compression;
using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>Reads checkpoints of each format; the first bytes of the file decide which it is.</summary>
internal static class CheckpointFile
{
    private const int StartLength = 15;   // bytes

    // A pickle of PyTorch's magic number, with which the files of PyTorch before 1.6 begin.
    private static readonly byte[] LegacyStart =
        [0x80, 2, (byte)Opcode.Long1, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)Opcode.Stop];

    public static TrainingCheckpoint Read(string path, string? key)
    {
        var start = new byte[StartLength];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(start, StartLength, throwOnEndOfStream: false);
        file.Position = 0;
        return start switch
        {
            [(byte)'P', (byte)'K', ..] => IsNumpy(file) ? OfNumpy(path) : OfTorch(file, path, key),
            _ when start.SequenceEqual(LegacyStart) => throw new InvalidDataException(
                "this is the format of PyTorch before 1.6; save it again with torch.save(torch.load(path, weights_only=True), path) "
                    + "of a newer PyTorch"),
            [0x80, <= 5, ..] => throw new InvalidDataException(
                "this is a pickle without the archive of torch.save; save the checkpoint with torch.save, or as safetensors"),
            [_, _, _, _, _, _, _, _, (byte)'{', ..] => OfSafetensors(path),
            _ => throw new InvalidDataException(
                $"{(length == 0 ? "the file is empty" : "this is not a checkpoint")}; "
                    + "the supported formats are safetensors, .npz and the zip archive of torch.save"),
        };
    }

    private static bool IsNumpy(FileStream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        var isNumpy = zip.Entries.Count > 0 && zip.Entries.All(entry => entry.FullName.EndsWith(".npy", StringComparison.Ordinal));
        file.Position = 0;
        return isNumpy;
    }

    private static TrainingCheckpoint OfSafetensors(string path)
    {
        var (tensors, metadata) = Safetensors.Read(path);
        long? Number(string key) => metadata.TryGetValue(key, out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var (step, source) = StepOf(path, Number, null);
        return new(path, tensors, step, source, null, []);
    }

    private static TrainingCheckpoint OfNumpy(string path)
    {
        var arrays = NumpyFile.ReadAll(path).ToDictionary(StringComparer.Ordinal);
        long? Number(string key) => arrays.TryGetValue(key, out var array) && array.dim() == 0
            ? OptimizerReader.WholeNumber(array.to(ScalarType.Float64).ToDouble())
            : null;
        var (step, source) = StepOf(path, Number, null);
        foreach (var key in StateSearch.CounterKeys.Where(key => Number(key) is not null).ToArray()) arrays.Remove(key);
        return new(path, arrays, step, source, null, []);
    }

    private static TrainingCheckpoint OfTorch(FileStream file, string path, string? key)
    {
        using var archive = new TorchArchive(file);
        var root = archive.Value();
        var remarks = new List<string>();
        var state = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        var found = StateSearch.State(root, key);
        foreach (var (name, value) in found)
        {
            if (name is string text && value is StoredTensor stored) state.Add(text, archive.Read(stored));
            else if (!ReferenceEquals(found, root)) remarks.Add($"the entry {Quoted.Of($"{name}")} of the state dict is not a tensor");
        }
        var reader = new OptimizerReader(archive.Read);
        var optimizers = StateSearch.Optimizers(root);
        if (optimizers.Count > 1) remarks.Add($"the file has {optimizers.Count} optimizers, of which none was read");
        var optimizer = optimizers is [var only] ? reader.Read(only) : null;
        var entries = root as OrderedDictionary<object, object?>;
        var (step, source) = StepOf(path, name => reader.Integer(entries?.GetValueOrDefault(name)), optimizer);
        return new(path, state, step, source, optimizer, remarks);
    }

    /// <summary>Returns the step of the contents, of the optimizer or of the file name, or else the epoch of the contents, or else
    /// any number of the file name.</summary>
    private static (long? Step, string? Source) StepOf(string path, Func<string, long?> number, OptimizerState? optimizer)
    {
        const string FileName = "the file name";
        if (StateSearch.Step(number) is ({ } step, var key)) return (step, key);
        if (optimizer?.Step is { } updates) return (updates, "the optimizer state");
        if (FileStep.OfWord(path) is { } named) return (named, FileName);
        if (StateSearch.Epoch(number) is ({ } epoch, var epochKey)) return (epoch, epochKey);
        return FileStep.OfNumber(path) is { } last ? (last, FileName) : (null, null);
    }
}
