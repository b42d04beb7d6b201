using Brink.Zoo.Formats;

namespace Brink.Zoo.Datasets;

/// <summary>Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT licence): grey images of 28 by 28 in ten
/// classes.</summary>
/// <remarks>Embedded: 5,000 training and 1,000 test images, the first of each class in file order, with classes interleaved,
/// so that every prefix whose length is a multiple of ten is balanced. The full files are read from any folder.</remarks>
public static class FashionMnist
{
    /// <summary>Number of classes, 10.</summary>
    public const int Classes = IdxImages.Classes;

    /// <summary>Reads the embedded subset of 5,000 training images.</summary>
    public static LabelledImages Training() => Embedded("train");

    /// <summary>Reads the embedded subset of 1,000 test images.</summary>
    public static LabelledImages Test() => Embedded("t10k");

    /// <summary>Reads the training images of a folder: train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or
    /// .gz.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not valid.</exception>
    public static LabelledImages Training(string folder) => IdxImages.Read(folder, "train");

    /// <summary>Reads the test images of a folder: t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.</summary>
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
