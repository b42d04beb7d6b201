using Brink.Zoo.Formats;

namespace Brink.Zoo.Datasets;

/// <summary>Inputs and targets of n samples.</summary>
/// <param name="X">Inputs [n,...], floating; or int64: tokens.</param>
/// <param name="Y">Targets [n,...], floating or int64; classes are [n] in int64.</param>
public sealed record Samples(Tensor X, Tensor Y)
{
    /// <summary>Conversions of the file's numbers that a user may not expect, made or omitted; one line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Reads samples from a user's file, in one of the layouts of docs/guide/data.md.</summary>
/// <remarks>Floating inputs keep their type and their values. Inputs in uint8 become float64. Those of shape [n,c,h,w] are
/// images from 0 to 255 and divided by 255, unless no value is above 1; others keep their values. Images in the layouts of
/// MNIST and CIFAR-10 are standardised for each channel by their own mean and deviation, in float64, as in every
/// experiment.</remarks>
public static class SampleFile
{
    /// <summary>Reads .npz, .csv, the images of a pair of IDX files, or CIFAR-10's .bin, each but the first also compressed
    /// by gzip. The first bytes of the file, or else its name, determine the layout.</summary>
    /// <param name="xName">The array of a .npz that contains the inputs.</param>
    /// <param name="yName">The array of a .npz that contains the targets.</param>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not valid; the message states the fault and its place in the
    /// file.</exception>
    public static Samples Read(string path, string xName = "x", string yName = "y")
    {
        using var scope = NewDisposeScope();
        var samples = LayoutOf(path) switch
        {
            Layout.NumpyArchive => Archive(path, xName, yName),
            Layout.NumpyArray => throw new InvalidDataException(
                $"{path}: the file has one array; name the file of the targets (--targets FILE.npy), "
                    + "or save both in one .npz: np.savez(file, x=..., y=...)"),
            Layout.Csv => Checked(CsvSamples.Read(path), path, path),
            Layout.Cifar10 => Images(Cifar10.Training(path), path),
            Layout.Idx => Images(IdxImages.ReadWithLabels(path), path),
            _ => throw new InvalidDataException(
                $"{path}: the layout is unknown; use .npz, .csv, IDX (MNIST) or .bin (CIFAR-10), the last three also as .gz"),
        };
        return Moved(scope, samples);
    }

    /// <summary>Reads two NumPy files: .npy, or .npz with the array x (y for the targets) or with a single array.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is not valid; the message states the fault and the file.</exception>
    public static Samples ReadPair(string inputs, string targets)
    {
        using var scope = NewDisposeScope();
        return Moved(scope, Checked(new(Only(inputs, "x"), Only(targets, "y")), inputs, targets));
    }

    private static Samples Moved(DisposeScope scope, Samples samples) =>
        samples with { X = scope.MoveToOuter(samples.X), Y = scope.MoveToOuter(samples.Y) };

    /// <summary>Reads the array of that name, or the only one.</summary>
    private static Tensor Only(string path, string name)
    {
        switch (LayoutOf(path))
        {
            case Layout.NumpyArray:
                return NumpyFile.Read(path);
            case Layout.NumpyArchive:
                var names = NumpyFile.Names(path);
                return NumpyFile.Read(path, [names.Count == 1 ? names[0] : name])[0];
            default:
                throw new InvalidDataException(
                    $"{path}: the file is not an array; inputs and targets in two files must be .npy or .npz each");
        }
    }

    private enum Layout
    {
        Unknown,
        NumpyArchive,
        NumpyArray,
        Csv,
        Cifar10,
        Idx,
    }

    private static Layout LayoutOf(string path)
    {
        if (Directory.Exists(path)) throw new InvalidDataException($"{path}: this is a folder; name a file");
        var start = new byte[6];
        using (var file = File.OpenRead(path))
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        var name = Path.GetFileName(path).ToLowerInvariant();
        var zipped = GzipFile.Is(start);
        if (zipped && name.EndsWith(".gz", StringComparison.Ordinal)) name = name[..^3];
        if (zipped && (name.EndsWith(".npy", StringComparison.Ordinal) || name.EndsWith(".npz", StringComparison.Ordinal)))
            throw new InvalidDataException(
                $"{path}: the file is a compressed array; unpack it with gunzip, or save a .npz with np.savez_compressed");
        return start switch
        {
            _ when start.AsSpan().StartsWith("PK"u8) || name.EndsWith(".npz", StringComparison.Ordinal) => Layout.NumpyArchive,
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'] => Layout.NumpyArray,
            _ when name.EndsWith(".npy", StringComparison.Ordinal) => Layout.NumpyArray,
            _ when name.EndsWith(".csv", StringComparison.Ordinal) => Layout.Csv,
            // Before IDX: a record of class 0 with a black pixel begins with the same bytes.
            _ when name.EndsWith(".bin", StringComparison.Ordinal) => Layout.Cifar10,
            [0, 0, ..] => Layout.Idx,
            _ when zipped => Layout.Idx,
            _ when name.Contains("-ubyte", StringComparison.Ordinal) => Layout.Idx,
            _ => Layout.Unknown,
        };
    }

    private static Samples Archive(string path, string xName, string yName)
    {
        var arrays = NumpyFile.Read(path, [xName, yName]);
        return Checked(new(arrays[0], arrays[1]), $"{path}: {xName}", $"{path}: {yName}");
    }

    private static Samples Images(LabelledImages images, string path)
    {
        if (images.Count == 0) throw new InvalidDataException($"{path}: the file has no images");
        try
        {
            var (inputs, _) = images.Standardised(pool: 1, ScalarType.Float64);
            return new(inputs, tensor(images.Labels, dtype: ScalarType.Int64));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static Samples Checked(Samples read, string xWhere, string yWhere)
    {
        var notes = new List<string>();
        var (x, y) = (Inputs(read.X, xWhere, notes), Targets(read.Y, yWhere));
        if (x.shape[0] != y.shape[0])
        {
            throw new InvalidDataException(
                $"{yWhere}: there are {y.shape[0]:N0} targets for {x.shape[0]:N0} inputs in {xWhere}; each input needs one target");
        }
        if (x.shape[0] == 0) throw new InvalidDataException($"{xWhere}: there are no samples");
        CheckFinite(x, xWhere);
        CheckFinite(y, yWhere);
        return new(x, y) { Notes = [.. notes] };
    }

    private static Tensor Inputs(Tensor x, string where, List<string> notes)
    {
        if (x.dim() < 2)
        {
            throw new InvalidDataException(
                $"{where}: the inputs have shape {Shape(x)}; make it [n,...], for example by a.reshape(n, -1)");
        }
        if (x.dtype == ScalarType.Byte) return Bytes(x, where, notes);
        return x.dtype switch
        {
            ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 => x.to(ScalarType.Int64),
            _ when x.is_floating_point() => x,
            _ => throw new InvalidDataException(
                $"{where}: the inputs have type {x.dtype}; use floating-point numbers, uint8 for images or integers for tokens"),
        };
    }

    /// <summary>Converts uint8 to float64: pixels as shares of 255, other numbers unchanged.</summary>
    private static Tensor Bytes(Tensor x, string where, List<string> notes)
    {
        using var scope = NewDisposeScope();
        var numbers = x.to(ScalarType.Float64);
        // Masks and one-hot planes contain only 0 and 1, and stay unchanged.
        var beyondOne = x.numel() > 0 && x.max().to(ScalarType.Int64).item<long>() > 1;
        var images = x.dim() == 4 && beyondOne;
        if (images)
            notes.Add($"{where}: uint8 of shape {Shape(x)} is read as images [n,c,h,w], and its pixels are divided by 255");
        else if (x.dim() >= 3 && beyondOne)
            notes.Add($"{where}: uint8 of shape {Shape(x)} keeps its values; images [n,c,h,w] would be divided by 255");
        return scope.MoveToOuter(images ? numbers / 255 : numbers);
    }

    private static Tensor Targets(Tensor y, string where)
    {
        if (!y.is_floating_point() && y.dim() == 2 && y.shape[1] == 1) y = y.squeeze(1);   // classes as a column
        if (y.dim() < 1)
        {
            throw new InvalidDataException(
                $"{where}: the targets have type {y.dtype} and shape {Shape(y)}; use classes as integers [n], or numbers [n,...]");
        }
        return y.is_floating_point() ? y : y.to(ScalarType.Int64);
    }

    private static void CheckFinite(Tensor values, string where)
    {
        using var scope = NewDisposeScope();
        var finite = values.isfinite();
        if (finite.all().ToBoolean()) return;
        var place = finite.logical_not().nonzero()[0].data<long>().ToArray();
        var value = values[Array.ConvertAll(place, i => TensorIndex.Single(i))].to(ScalarType.Float64).ToDouble();
        throw new InvalidDataException(
            $"{where}: the value at [{string.Join(", ", place)}] (counted from 0) is {value}; all values must be finite");
    }

    private static string Shape(Tensor values) => $"[{string.Join(",", values.shape)}]";
}
