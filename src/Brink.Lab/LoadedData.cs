using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Brink.Zoo.Datasets;

namespace Brink.Lab;

/// <summary>The samples of an experiment in memory.</summary>
/// <param name="Shape">Of each.</param>
/// <param name="Inputs">Images [n,channels,height,width] in float64, standardised; or tokens [n,length] in
/// int64.</param>
/// <param name="OneHot">[n,classes] in float64.</param>
/// <param name="Checksum">SHA-256 of the pixels or tokens, and of the labels, in hexadecimal.</param>
internal sealed record LoadedData(InputShape Shape, Tensor Inputs, Tensor OneHot, string Checksum)
{
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be, or has too few
    /// samples.</exception>
    /// <exception cref="ExperimentException">The data do not fit the experiment.</exception>
    public static LoadedData Of(DataSpec data) => data.Set switch
    {
        DatasetName.FashionMnist => Images(
            data, data.Path is { } folder ? FashionMnist.Training(folder) : FashionMnist.Training()),
        DatasetName.Mnist => Images(data, Mnist.Training(Place(data))),
        DatasetName.Cifar10 => Images(data, Cifar10.Training(Place(data))),
        DatasetName.Sst2 => Sequences(data, Sst2.Training(Place(data))),
        _ => throw new ExperimentException($"data.set: {data.Set}"),
    };

    /// <summary>data.path, or the set's own place in the data folder.</summary>
    private static string Place(DataSpec data)
    {
        if (data.Path is { } path) return path;
        var set = PublishedSet.All.Single(set => set.Name == ExperimentYaml.Dashed($"{data.Set}"));
        return DataFolder.FromEnvironment().Find(set) ?? throw new ExperimentException(
            $"data.path: {set.Name} is not embedded, nor in the data folder:"
                + $" 'brink data get {set.Name}' downloads it, 'brink data add {set.Name} PATH' takes a"
                + " copy of yours, --set data.path=PATH uses it where it is");
    }

    private static LoadedData Images(DataSpec data, LabelledImages all)
    {
        if (data.Vocabulary is not null)
            throw new ExperimentException("data.vocabulary: images have none; leave it null");
        var images = all.Take(data.Samples, data.Classes);
        if (data.Pool > Math.Min(images.Height, images.Width))
        {
            throw new ExperimentException(
                $"data.pool: {data.Pool}; the images are {images.Height} by {images.Width}");
        }
        var (inputs, oneHot) = images.Standardised(data.Pool, ScalarType.Float64);
        return new(
            new ImageShape(images.Channels, images.Height / data.Pool, images.Width / data.Pool),
            inputs,
            oneHot,
            ChecksumOf(images.Pixels, images.Labels));
    }

    private static LoadedData Sequences(DataSpec data, LabelledSentences all)
    {
        // From all sentences, not from those that are used: experiments on more and fewer share their model.
        var vocabulary = data.Vocabulary is { } file ? Vocabulary.Read(file)
            : Vocabulary.Learn(all.Sentences.Select(sentence => sentence.Text), data.VocabularySize);
        var sequences = TokenSequences.Of(all.Take(data.Samples, data.Classes), vocabulary);
        var labels = tensor(sequences.Labels, dtype: ScalarType.Int64);
        var numbers = MemoryMarshal.CreateSpan(ref sequences.Tokens[0, 0], sequences.Tokens.Length);
        return new(
            new SequenceShape(sequences.Vocabulary, sequences.Length, sequences.LongestLine),
            tensor(sequences.Tokens),
            nn.functional.one_hot(labels, sequences.Classes).to(ScalarType.Float64),
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
