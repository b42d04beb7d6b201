using Brink.Zoo.Formats;

namespace Brink.Zoo.Datasets;

/// <summary>CIFAR-10 (Krizhevsky 2009) in its binary layout: records of a label and 32 by 32 pixels, red,
/// green, blue.</summary>
public static class Cifar10
{
    /// <summary>Number of classes, 10.</summary>
    public const int Classes = 10;
    private const int Side = 32, Channels = 3, RecordSize = 1 + (Channels * Side * Side);

    /// <summary>Reads the images of one file, plain or gzip, or of those of data_batch_1.bin to data_batch_5.bin that are in
    /// a folder.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A file has a wrong length, or a label is out of range.</exception>
    public static LabelledImages Training(string path) =>
        Read(path, [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")]);

    /// <summary>Reads the images of one file, or of test_batch.bin in a folder.</summary>
    public static LabelledImages Test(string path) => Read(path, ["test_batch.bin"]);

    private static LabelledImages Read(string path, string[] names)
    {
        string[] files = File.Exists(path) ? [path]
            : [.. names.Select(name => Path.Combine(path, name)).Where(File.Exists)];
        if (files.Length == 0)
            throw new FileNotFoundException($"{path}: this is neither a file nor a folder with {names[0]}");
        var batches = files.Select(Read).ToArray();
        return batches[0] with
        {
            Pixels = [.. batches.SelectMany(batch => batch.Pixels)],
            Labels = [.. batches.SelectMany(batch => batch.Labels)],
        };
    }

    private static LabelledImages Read(string file)
    {
        using var content = GzipFile.Open(file);
        var bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        if (bytes.Length == 0 || bytes.Length % RecordSize != 0)
        {
            throw new InvalidDataException(
                $"{file}: the file has {bytes.Length:N0} bytes; the size must be a multiple of {RecordSize:N0}, the size of a record");
        }
        var n = bytes.Length / RecordSize;
        var (pixels, labels) = (new byte[n * (RecordSize - 1)], new byte[n]);
        for (var i = 0; i < n; i++)
        {
            labels[i] = bytes[i * RecordSize];
            if (labels[i] >= Classes)
            {
                throw new InvalidDataException(
                    $"{file}: record {i} has label {labels[i]}; labels must be below {Classes}");
            }
            Array.Copy(bytes, (i * RecordSize) + 1, pixels, i * (RecordSize - 1), RecordSize - 1);
        }
        return new(Channels, Side, Side, Classes, pixels, labels);
    }
}
