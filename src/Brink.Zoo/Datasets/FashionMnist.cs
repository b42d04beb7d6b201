using Brink.Zoo.Formats;

namespace Brink.Zoo.Datasets;

/// <summary>Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT licence): grey images of 28 by 28 in ten
/// classes.</summary>
/// <remarks>Embedded: 5,000 training and 1,000 test images, the first of each class in file order, classes
/// interleaved, so that every prefix of a multiple of ten is balanced. The full files are read from any
/// folder.</remarks>
public static class FashionMnist
{
    public const int Classes = IdxImages.Classes;

    /// <summary>The embedded subset: 5,000 images.</summary>
    public static LabelledImages Training() => Embedded("train");

    /// <summary>The embedded subset: 1,000 images.</summary>
    public static LabelledImages Test() => Embedded("t10k");

    /// <summary>The training images in a folder that has train-images-idx3-ubyte and train-labels-idx1-ubyte,
    /// plain or .gz.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static LabelledImages Training(string folder) => IdxImages.Read(folder, "train");

    /// <summary>The test images: t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.</summary>
    public static LabelledImages Test(string folder) => IdxImages.Read(folder, "t10k");

    private static LabelledImages Embedded(string part)
    {
        var (images, labels) = (IdxImages.ImagesOf(part) + ".gz", IdxImages.LabelsOf(part) + ".gz");
        return IdxImages.Combine(Resource(images), images, Resource(labels), labels);
    }

    private static Idx Resource(string name)
    {
        using var stream = typeof(FashionMnist).Assembly.GetManifestResourceStream(name)!;
        return Idx.Read(stream, name);
    }
}
