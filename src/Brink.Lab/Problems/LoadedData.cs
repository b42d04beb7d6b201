using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Brink.Zoo.Datasets;

namespace Brink.Lab;

/// <summary>The samples of an experiment in memory.</summary>
/// <param name="Shape">Shape of one sample.</param>
/// <param name="Inputs">Images [n,channels,height,width] in float64, standardised; tokens [n,length] in int64; or the
/// numbers of a file [n,...] in float64.</param>
/// <param name="Targets">Targets of the samples.</param>
/// <param name="Checksum">SHA-256 of the pixels or tokens and the labels, in hexadecimal; for a file of samples, of the
/// file.</param>
internal sealed record LoadedData(InputShape Shape, Tensor Inputs, Targets Targets, string Checksum)
{
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A file is malformed or has too few samples.</exception>
    /// <exception cref="ExperimentException">The data do not fit the experiment.</exception>
    public static LoadedData Of(DataSpec data)
    {
        if (data.Set == DatasetName.Sst2) return Sequences(data, Sst2.Training(PathOf(data)));
        if (data.Set == DatasetName.File) return FileSamples.Training(data);
        var images = Training(data);
        return Images(data, images, images);
    }

    /// <summary>Returns all test samples of the classes in use; images are standardised by the training images.</summary>
    /// <param name="data">The training data.</param>
    /// <param name="path">Folder or file of the test samples; null: the folder of the training images, where the test files
    /// have their own names.</param>
    public static LoadedData TestOf(DataSpec data, string? path) => data.Set == DatasetName.File
        ? FileSamples.Test(data, path)
        : Images(data, Test(data, path).Only(data.Classes), Training(data));

    private static LabelledImages Training(DataSpec data)
    {
        if (data.Vocabulary is not null)
            throw new ExperimentException($"data.vocabulary: {data.Vocabulary}; images have no vocabulary: set data.vocabulary=null");
        var set = SetOf(data);
        var all = data.Path is null && set.EmbeddedTraining is { } embedded ? embedded() : set.Training(PathOf(data));
        return all.Take(data.Samples!.Value, data.Classes);
    }

    private static LabelledImages Test(DataSpec data, string? path)
    {
        // A single file has no test images: reading it again would test on the training images.
        if (path is null && File.Exists(data.Path))
        {
            throw new ExperimentException(
                $"test_path: null; data.path={data.Path} is a single file without test images: name them with --set test_path=PATH");
        }
        var set = SetOf(data);
        return (path ?? data.Path) is null && set.EmbeddedTest is { } embedded ? embedded() : set.Test(path ?? PathOf(data));
    }

    private static ImageSet SetOf(DataSpec data) => ImageSet.All.TryGetValue(data.Set, out var set) ? set
        : throw new ExperimentException(
            $"data.set: {data.Set.Name()} has no images; choose {string.Join(" or ", ImageSet.All.Keys.Select(name => name.Name()))}");

    /// <summary>Returns data.path, or the set's own place in the data folder.</summary>
    private static string PathOf(DataSpec data)
    {
        if (data.Path is { } path) return path;
        var set = PublishedSet.All.Single(set => set.Name == data.Set.Name());
        return DataFolder.FromEnvironment().Find(set) ?? throw new ExperimentException(
            $"data.path: null; {set.Name} is not in the data folder: download it with 'brink data get {set.Name}',"
                + $" copy your files with 'brink data add {set.Name} PATH', or name them with --set data.path=PATH");
    }

    private static LoadedData Images(DataSpec data, LabelledImages images, LabelledImages reference)
    {
        if (data.Pool > Math.Min(images.Height, images.Width))
        {
            throw new ExperimentException(
                $"data.pool: {data.Pool}; it must not exceed the size of the images, {images.Height} by {images.Width}");
        }
        var (inputs, oneHot) = images.StandardisedBy(reference, data.Pool, ScalarType.Float64);
        return new(
            new ImageShape(images.Channels, images.Height / data.Pool, images.Width / data.Pool),
            inputs,
            new ClassTargets(oneHot),
            ChecksumOf(images.Pixels, images.Labels));
    }

    private static LoadedData Sequences(DataSpec data, LabelledSentences all)
    {
        // Learnt from all sentences of the set: experiments on more or fewer samples share the vocabulary.
        var vocabulary = data.Vocabulary is { } file ? Vocabulary.Read(file)
            : Vocabulary.Learn(all.Sentences.Select(sentence => sentence.Text), data.VocabularySize);
        var sequences = TokenSequences.Of(all.Take(data.Samples!.Value, data.Classes), vocabulary);
        var labels = tensor(sequences.Labels, dtype: ScalarType.Int64);
        var numbers = MemoryMarshal.CreateSpan(ref sequences.Tokens[0, 0], sequences.Tokens.Length);
        return new(
            new SequenceShape(sequences.Vocabulary, sequences.Length, sequences.LongestLine),
            tensor(sequences.Tokens),
            new ClassTargets(nn.functional.one_hot(labels, sequences.Classes).to(ScalarType.Float64)),
            ChecksumOf(MemoryMarshal.AsBytes(numbers), sequences.Labels));
    }

    private static string ChecksumOf(ReadOnlySpan<byte> inputs, ReadOnlySpan<byte> labels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(inputs);
        hash.AppendData(labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
