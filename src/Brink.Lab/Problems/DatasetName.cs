using Brink.Zoo.Datasets;

namespace Brink.Lab;

/// <summary>Data sets; only a subset of Fashion-MNIST is embedded.</summary>
public enum DatasetName
{
    /// <summary>Fashion-MNIST: images of clothing in ten classes.</summary>
    FashionMnist,

    /// <summary>MNIST: images of handwritten digits.</summary>
    Mnist,

    /// <summary>CIFAR-10 in its binary layout.</summary>
    Cifar10,

    /// <summary>SST-2 in the layout of GLUE.</summary>
    Sst2,

    /// <summary>A file of samples, .npz or .csv.</summary>
    File,
}

/// <summary>Properties of the data sets.</summary>
public static class DatasetNameExtensions
{
    /// <summary>The sets of images, and files of samples.</summary>
    public static IReadOnlyList<DatasetName> OfImages { get; } = [.. ImageSet.All.Keys, DatasetName.File];

    /// <summary>The name in experiments and commands.</summary>
    public static string Name(this DatasetName set) => Names.Dashed($"{set}");

    /// <summary>Returns the number of classes of a set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The set is a file of samples.</exception>
    public static int Classes(this DatasetName set) => ImageSet.All.TryGetValue(set, out var images) ? images.Classes
        : set == DatasetName.Sst2 ? Sst2.Classes
        : throw new ArgumentOutOfRangeException(nameof(set), set, "no such data set");
}

/// <summary>A set of images.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="Training">The training images in a folder or file.</param>
/// <param name="Test">The test images in a folder or file.</param>
internal sealed record ImageSet(int Classes, Func<string, LabelledImages> Training, Func<string, LabelledImages> Test)
{
    public static readonly IReadOnlyDictionary<DatasetName, ImageSet> All = new Dictionary<DatasetName, ImageSet>
    {
        [DatasetName.FashionMnist] = new(FashionMnist.Classes, FashionMnist.Training, FashionMnist.Test)
        {
            EmbeddedTraining = FashionMnist.Training,
            EmbeddedTest = FashionMnist.Test,
        },
        [DatasetName.Mnist] = new(Mnist.Classes, Mnist.Training, Mnist.Test),
        [DatasetName.Cifar10] = new(Cifar10.Classes, Cifar10.Training, Cifar10.Test),
    };

    /// <summary>The embedded images; null where no image is embedded.</summary>
    public Func<LabelledImages>? EmbeddedTraining { get; init; }

    /// <inheritdoc cref="EmbeddedTraining"/>
    public Func<LabelledImages>? EmbeddedTest { get; init; }
}
