using Brink.Zoo.Datasets;

namespace Brink.Lab;

/// <summary>Reads the samples of data.set=file unchanged: nothing is standardised.</summary>
internal static class FileSamples
{
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is malformed or has too few samples.</exception>
    /// <exception cref="ExperimentException">The samples do not fit the experiment.</exception>
    public static LoadedData Training(DataSpec data) => Of(
        data,
        data.Path ?? throw new ExperimentException(
            "data.path: null; data.set=file reads a file of samples, .npz or .csv: name it with --set data.path=FILE"),
        data.Classes,
        data.Samples);

    /// <summary>Reads all samples of another file, with the classes and the shape of the training samples.</summary>
    /// <param name="data">The training samples.</param>
    /// <param name="path">Path of the other file.</param>
    /// <inheritdoc cref="Training"/>
    public static LoadedData Test(DataSpec data, string? path)
    {
        if (path is null)
        {
            throw new ExperimentException(
                "test_path: null; data.set=file has training samples only: name a file of test samples with --set test_path=FILE");
        }
        var training = Training(data);
        var classes = training.Targets is ClassTargets known && data.Classes.Count == 0
            ? [.. Enumerable.Range(0, known.Classes)]
            : data.Classes;
        var test = Of(data, path, classes, null);
        return Sizes(test.Inputs) == Sizes(training.Inputs) ? test : throw new InvalidDataException(
            $"{path}: test samples of shape {Sizes(test.Inputs)}; they must have the shape of the training samples in {data.Path},"
                + $" {Sizes(training.Inputs)}");
    }

    private static LoadedData Of(DataSpec data, string path, IReadOnlyList<int> classes, int? samples)
    {
        if (data.Pool != 1)
            throw new ExperimentException($"data.pool: {data.Pool}; the samples of a file cannot be pooled: set data.pool=1");
        if (data.Vocabulary is not null)
        {
            throw new ExperimentException(
                $"data.vocabulary: {data.Vocabulary}; a file of samples contains tokens as numbers: set data.vocabulary=null");
        }
        CheckPath(path);
        var checksum = FileChecksum.Of(path);
        var (x, y) = SampleFile.Read(path);
        var targets = y.is_floating_point() ? new NumberTargets(y.to(ScalarType.Float64).view(y.shape[0], -1))
            : AreSigns(y) ? new NumberTargets(y.to(ScalarType.Float64).view(-1, 1))
            : (Targets)new ClassTargets(OneHot(y, classes, path));
        var n = samples ?? x.shape[0];
        if (n > x.shape[0])
            throw new InvalidDataException($"{path}: {x.shape[0]} samples, fewer than data.samples={n}; reduce data.samples");
        return new(
            ShapeOf(x, data, path),
            (x.is_floating_point() ? x.to(ScalarType.Float64) : x)[..(int)n].clone(),
            targets.First((int)n),
            checksum);
    }

    /// <summary>Checks that the file exists and does not have the layout of a published set.</summary>
    private static void CheckPath(string path)
    {
        if (Directory.Exists(path)) throw new InvalidDataException($"{path}: is a folder; name a file");
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: no such file");
        var name = Path.GetFileName(path);
        var set = name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) ? "cifar10"
            : name.Contains("-ubyte", StringComparison.Ordinal) ? "mnist"
            : null;
        if (set is not null)
        {
            throw new InvalidDataException(
                $"{path}: the name is that of a file of {set}; read it with data.set={set}, because data.set=file reads .npz and .csv"
                    + " only");
        }
    }

    private static InputShape ShapeOf(Tensor x, DataSpec data, string path)
    {
        int[] sizes = [.. x.shape.Skip(1).Select(size => checked((int)size))];
        if (x.is_floating_point())
            return sizes is [var channels, var height, var width] ? new ImageShape(channels, height, width) : new VectorShape(sizes);
        if (sizes.Length != 1)
        {
            throw new InvalidDataException(
                $"{path}: x contains integers of shape {Sizes(x)}; store tokens as [n,length], other inputs as floating-point numbers");
        }
        var (least, largest) = (x.min().ToInt64(), x.max().ToInt64());
        return least >= 0 && largest < data.VocabularySize
            ? new SequenceShape(data.VocabularySize, sizes[0], LongestLine: null)
            : throw new InvalidDataException(
                $"{path}: x contains tokens from {least} to {largest}; they must be between 0 (padding) and data.vocabulary_size - 1 ="
                    + $" {data.VocabularySize - 1}");
    }

    /// <summary>Returns whether whole numbers are the targets -1 and +1 of a binary loss.</summary>
    private static bool AreSigns(Tensor y) => y.abs().eq(1).all().ToBoolean() && y.lt(0).any().ToBoolean();

    /// <summary>Encodes labels one-hot: class k of the list becomes output k; without a list, label k does.</summary>
    private static Tensor OneHot(Tensor y, IReadOnlyList<int> classes, string path)
    {
        var labels = y.data<long>().ToArray();
        var negative = Array.FindIndex(labels, label => label < 0);
        if (negative >= 0)
        {
            throw new InvalidDataException(
                $"{path}: y[{negative}] is class {labels[negative]}; number classes from 0, or store other targets as floating-point"
                    + " numbers");
        }
        if (classes.Count == 0)
        {
            var present = labels.Distinct().Order().ToArray();
            var (last, missing) = (present[^1], Array.FindIndex(present, label => label != Array.IndexOf(present, label)));
            if (last == 0) throw new InvalidDataException($"{path}: every target is class 0; at least two classes are needed");
            if (missing >= 0)
            {
                throw new InvalidDataException(
                    $"{path}: classes up to {last}, but no sample of class {missing}; list all classes with data.classes=[0, 1, ...], or"
                        + " store other targets as floating-point numbers");
            }
            return nn.functional.one_hot(y, last + 1).to(ScalarType.Float64);
        }
        var number = classes.Index().ToDictionary(pair => (long)pair.Item, pair => (long)pair.Index);
        var unknown = Array.FindIndex(labels, label => !number.ContainsKey(label));
        if (unknown >= 0)
        {
            throw new InvalidDataException(
                $"{path}: y[{unknown}] is class {labels[unknown]}; add it to data.classes=[{string.Join(", ", classes)}]");
        }
        return nn.functional.one_hot(tensor(Array.ConvertAll(labels, label => number[label])), classes.Count).to(ScalarType.Float64);
    }

    private static string Sizes(Tensor x) => $"[n,{string.Join(',', x.shape.Skip(1))}]";
}
