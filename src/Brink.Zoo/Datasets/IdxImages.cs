using Brink.Zoo.Formats;

namespace Brink.Zoo.Datasets;

/// <summary>Reads images and labels in the IDX files of MNIST, which Fashion-MNIST uses as well: PART-images-idx3-ubyte and
/// PART-labels-idx1-ubyte, plain or .gz, with PART train or t10k.</summary>
internal static class IdxImages
{
    public const int Classes = 10;

    public static string ImagesOf(string part) => $"{part}-images-idx3-ubyte";

    public static string LabelsOf(string part) => $"{part}-labels-idx1-ubyte";

    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not valid.</exception>
    public static LabelledImages Read(string folder, string part)
    {
        var (images, labels) = (FileIn(folder, ImagesOf(part)), FileIn(folder, LabelsOf(part)));
        return Combine(Idx.Read(images), images, Idx.Read(labels), labels);
    }

    /// <summary>Reads a file of images, and the labels in the same folder, in whose name labels-idx1 replaces images-idx3.
    /// The number of classes is the largest label plus one.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not valid.</exception>
    public static LabelledImages ReadWithLabels(string images)
    {
        var name = Path.GetFileName(images);
        var start = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        var labelsName = start
            .Replace("images-idx3", "labels-idx1", StringComparison.Ordinal)
            .Replace("images.idx3", "labels.idx1", StringComparison.Ordinal);
        if (labelsName == start)
        {
            throw new InvalidDataException(
                $"{images}: rename the file to PART-images-idx3-ubyte, from which the name of the file of labels follows");
        }
        var file = FileIn(Path.GetDirectoryName(Path.GetFullPath(images))!, labelsName);
        var labels = Idx.Read(file);
        return Combine(Idx.Read(images), images, labels, file, labels.Data.DefaultIfEmpty().Max() + 1);
    }

    public static LabelledImages Combine(
        Idx images, string imagesName, Idx labels, string labelsName, int classes = Classes)
    {
        if (images.Shape.Count != 3)
            throw new InvalidDataException($"{imagesName}: the array has rank {images.Shape.Count}; images have rank 3");
        if (labels.Shape.Count != 1)
            throw new InvalidDataException($"{labelsName}: the array has rank {labels.Shape.Count}; labels have rank 1");
        if (labels.Shape[0] != images.Shape[0])
        {
            throw new InvalidDataException(
                $"{labelsName}: there are {labels.Shape[0]} labels for {images.Shape[0]} images; each image needs one label");
        }
        var wrong = Array.FindIndex(labels.Data, label => label >= classes);
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"{labelsName}: the label at {wrong} is {labels.Data[wrong]}; labels must be below {classes}");
        }
        return new(1, images.Shape[1], images.Shape[2], classes, images.Data, labels.Data);
    }

    private static string FileIn(string folder, string name) =>
        new[] { name, name + ".gz" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{folder}: the folder has no file {name} or {name}.gz");
}
