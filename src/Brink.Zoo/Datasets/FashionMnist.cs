namespace Brink.Zoo.Datasets;

/// <summary>Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT licence): grey images of 28 by 28 in ten
/// classes.</summary>
/// <remarks>Embedded: 5,000 training and 1,000 test images, the first of each class in file order, classes
/// interleaved, so that every prefix of a multiple of ten is balanced. The full files are read from any
/// folder.</remarks>
public static class FashionMnist
{
    public const int Classes = 10;

    /// <summary>The embedded subset: 5,000 images.</summary>
    public static LabelledImages Training() => Embedded("train");

    /// <summary>The embedded subset: 1,000 images.</summary>
    public static LabelledImages Test() => Embedded("t10k");

    /// <summary>The training images in a folder that has train-images-idx3-ubyte and train-labels-idx1-ubyte,
    /// plain or .gz.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static LabelledImages Training(string folder)
    {
        var (images, labels) = (FileIn(folder, "train-images-idx3-ubyte"), FileIn(folder, "train-labels-idx1-ubyte"));
        return Combine(Idx.Read(images), images, Idx.Read(labels), labels);
    }

    private static string FileIn(string folder, string name) =>
        new[] { name, name + ".gz" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{folder}: no file {name} or {name}.gz there");

    private static LabelledImages Embedded(string part)
    {
        var (images, labels) = ($"{part}-images-idx3-ubyte.gz", $"{part}-labels-idx1-ubyte.gz");
        return Combine(Resource(images), images, Resource(labels), labels);
    }

    private static Idx Resource(string name)
    {
        using var stream = typeof(FashionMnist).Assembly.GetManifestResourceStream(name)!;
        return Idx.Read(stream, name);
    }

    private static LabelledImages Combine(Idx images, string imagesName, Idx labels, string labelsName)
    {
        if (images.Shape.Count != 3) throw new InvalidDataException($"{imagesName}: rank {images.Shape.Count}; images have rank 3");
        if (labels.Shape.Count != 1) throw new InvalidDataException($"{labelsName}: rank {labels.Shape.Count}; labels have rank 1");
        if (labels.Shape[0] != images.Shape[0])
            throw new InvalidDataException($"{labelsName}: {labels.Shape[0]} labels for {images.Shape[0]} images");
        var wrong = Array.FindIndex(labels.Data, label => label >= Classes);
        if (wrong >= 0) throw new InvalidDataException($"{labelsName}: label {labels.Data[wrong]} at {wrong}; there are {Classes} classes");
        return new(1, images.Shape[1], images.Shape[2], Classes, images.Data, labels.Data);
    }
}
