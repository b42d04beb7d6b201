namespace Brink.Zoo.Datasets;

/// <summary>Images and labels in the IDX files that MNIST introduced and Fashion-MNIST took over:
/// PART-images-idx3-ubyte and PART-labels-idx1-ubyte, plain or .gz, with PART train or t10k.</summary>
internal static class IdxImages
{
    public const int Classes = 10;

    public static string ImagesOf(string part) => $"{part}-images-idx3-ubyte";

    public static string LabelsOf(string part) => $"{part}-labels-idx1-ubyte";

    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static LabelledImages Read(string folder, string part)
    {
        var (images, labels) = (FileIn(folder, ImagesOf(part)), FileIn(folder, LabelsOf(part)));
        return Combine(Idx.Read(images), images, Idx.Read(labels), labels);
    }

    public static LabelledImages Combine(Idx images, string imagesName, Idx labels, string labelsName)
    {
        if (images.Shape.Count != 3)
            throw new InvalidDataException($"{imagesName}: rank {images.Shape.Count}; images have rank 3");
        if (labels.Shape.Count != 1)
            throw new InvalidDataException($"{labelsName}: rank {labels.Shape.Count}; labels have rank 1");
        if (labels.Shape[0] != images.Shape[0])
        {
            throw new InvalidDataException(
                $"{labelsName}: {labels.Shape[0]} labels for {images.Shape[0]} images");
        }
        var wrong = Array.FindIndex(labels.Data, label => label >= Classes);
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"{labelsName}: label {labels.Data[wrong]} at {wrong}; there are {Classes} classes");
        }
        return new(1, images.Shape[1], images.Shape[2], Classes, images.Data, labels.Data);
    }

    private static string FileIn(string folder, string name) =>
        new[] { name, name + ".gz" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{folder}: no file {name} or {name}.gz there");
}
