namespace Brink.Zoo.Datasets;

/// <summary>MNIST (LeCun, Bottou, Bengio, Haffner 1998): grey images of 28 by 28, the digits 0 to
/// 9.</summary>
public static class Mnist
{
    public const int Classes = IdxImages.Classes;

    /// <summary>The training images in a folder that has train-images-idx3-ubyte and train-labels-idx1-ubyte,
    /// plain or .gz.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static LabelledImages Training(string folder) => IdxImages.Read(folder, "train");

    /// <summary>The test images: t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.</summary>
    public static LabelledImages Test(string folder) => IdxImages.Read(folder, "t10k");
}
