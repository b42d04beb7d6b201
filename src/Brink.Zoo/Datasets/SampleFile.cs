namespace Brink.Zoo.Datasets;

/// <summary>Inputs and targets of n samples.</summary>
/// <param name="X">[n,...], floating; or int64: tokens.</param>
/// <param name="Y">[n,...], floating; or [n] in int64: classes.</param>
public sealed record Samples(Tensor X, Tensor Y);

/// <summary>Samples in a file of the user's, in one of the layouts of docs/data.md.</summary>
/// <remarks>Floating inputs keep their type and their values. Inputs in uint8 are taken for images of 0 to
/// 255 and divided by 255, in float64. Images in the layouts of MNIST and CIFAR-10 are standardised for each
/// channel by their own mean and deviation, in float64: as in every experiment.</remarks>
public static class SampleFile
{
    /// <summary>Reads .npz, .csv, the images of a pair of IDX files, or CIFAR-10's .bin: by what the file
    /// begins with, else by its name.</summary>
    /// <param name="xName">The array of a .npz that has the inputs.</param>
    /// <param name="yName">The array of a .npz that has the targets.</param>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">What is wrong, and where in the file.</exception>
    public static Samples Read(string path, string xName = "x", string yName = "y")
    {
        using var scope = NewDisposeScope();
        var samples = LayoutOf(path) switch
        {
            Layout.NumpyArchive => Archive(path, xName, yName),
            Layout.NumpyArray => throw new InvalidDataException(
                $"{path}: one array; the targets are in a second file (--targets FILE.npy), or both in one .npz: np.savez(file, x=..., y=...)"),
            Layout.Csv => Checked(CsvSamples.Read(path), path, path),
            Layout.Cifar10 => Images(Cifar10.Training(path), path),
            Layout.Idx => Images(IdxImages.Beside(path), path),
            _ => throw new InvalidDataException(
                $"{path}: not a known layout; .npz, .csv, IDX (MNIST) and .bin (CIFAR-10) are read"),
        };
        return new(scope.MoveToOuter(samples.X), scope.MoveToOuter(samples.Y));
    }

    /// <summary>Reads two .npy files.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">What is wrong, and in which of them.</exception>
    public static Samples ReadPair(string inputs, string targets)
    {
        using var scope = NewDisposeScope();
        var samples = Checked(new(NumpyFile.Read(inputs), NumpyFile.Read(targets)), inputs, targets);
        return new(scope.MoveToOuter(samples.X), scope.MoveToOuter(samples.Y));
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
        if (Directory.Exists(path)) throw new InvalidDataException($"{path}: is a folder; name a file");
        var start = new byte[6];
        using (var file = File.OpenRead(path))
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        var name = Path.GetFileName(path).ToLowerInvariant();
        return start switch
        {
            _ when start.AsSpan().StartsWith("PK"u8) || name.EndsWith(".npz", StringComparison.Ordinal) => Layout.NumpyArchive,
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'] => Layout.NumpyArray,
            _ when name.EndsWith(".npy", StringComparison.Ordinal) => Layout.NumpyArray,
            _ when name.EndsWith(".csv", StringComparison.Ordinal) => Layout.Csv,
            // Before IDX, whose first bytes a record of class 0 with a black pixel has too.
            _ when name.EndsWith(".bin", StringComparison.Ordinal) => Layout.Cifar10,
            [0, 0, ..] or [0x1f, 0x8b, ..] => Layout.Idx,
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
        if (images.Count == 0) throw new InvalidDataException($"{path}: no images in it");
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
        var (x, y) = (Inputs(read.X, xWhere), Targets(read.Y, yWhere));
        if (x.shape[0] != y.shape[0])
        {
            throw new InvalidDataException(
                $"{yWhere}: {y.shape[0]:N0} targets for {x.shape[0]:N0} inputs in {xWhere}");
        }
        if (x.shape[0] == 0) throw new InvalidDataException($"{xWhere}: no samples in it");
        CheckFinite(x, xWhere);
        CheckFinite(y, yWhere);
        return new(x, y);
    }

    private static Tensor Inputs(Tensor x, string where)
    {
        if (x.dim() < 2)
        {
            throw new InvalidDataException(
                $"{where}: inputs of shape {Shape(x)}; [n,...] is expected, as a.reshape(n, -1) gives it");
        }
        if (x.dtype == ScalarType.Byte) return x.to(ScalarType.Float64) / 255;
        return x.dtype switch
        {
            ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 => x.to(ScalarType.Int64),
            _ when x.is_floating_point() => x,
            _ => throw new InvalidDataException(
                $"{where}: inputs of type {x.dtype}; floating numbers are expected, images in uint8, or tokens in integers"),
        };
    }

    private static Tensor Targets(Tensor y, string where)
    {
        var whole = !y.is_floating_point();
        if (whole && y.dim() == 2 && y.shape[1] == 1) y = y.squeeze(1);   // classes as a column
        if (y.dim() < 1 || (whole && y.dim() > 1))
        {
            throw new InvalidDataException(
                $"{where}: targets of type {y.dtype} and shape {Shape(y)}; classes as whole numbers [n],"
                    + " or floating numbers [n,...], are expected");
        }
        return whole ? y.to(ScalarType.Int64) : y;
    }

    private static void CheckFinite(Tensor values, string where)
    {
        using var scope = NewDisposeScope();
        var finite = values.isfinite();
        if (finite.all().ToBoolean()) return;
        var place = finite.logical_not().nonzero()[0].data<long>().ToArray();
        var value = values[Array.ConvertAll(place, i => TensorIndex.Single(i))].to(ScalarType.Float64).ToDouble();
        throw new InvalidDataException(
            $"{where}: {value} at [{string.Join(", ", place)}] (counted from 0); every number must be finite");
    }

    private static string Shape(Tensor values) => $"[{string.Join(",", values.shape)}]";
}
