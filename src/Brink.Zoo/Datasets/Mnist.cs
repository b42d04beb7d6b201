namespace Brink.Zoo.Datasets;

/// <summary>MNIST (LeCun, Bottou, Bengio, Haffner 1998): grey images of 28 by 28, the digits 0 to
/// 9.</summary>
public static class Mnist
{
    /// <summary>Number of classes, 10.</summary>
    public const int Classes = IdxImages.Classes;

    /// <summary>Reads the training images of a folder: train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or
    /// .gz.</summary>
    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not valid.</exception>
    public static LabelledImages Training(string folder) => IdxImages.Read(folder, "train");

    /// <summary>Reads the test images of a folder: t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.</summary>
    public static LabelledImages Test(string folder) => IdxImages.Read(folder, "t10k");
}
