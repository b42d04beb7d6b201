using Brink.Zoo.Datasets;

namespace Brink.Lab;

/// <summary>Only Fashion-MNIST is embedded, a subset of it.</summary>
public enum DatasetName
{
    FashionMnist,
    Mnist,

    /// <summary>In its binary layout.</summary>
    Cifar10,

    /// <summary>In the layout of GLUE.</summary>
    Sst2,

    /// <summary>A file of samples, .npz or .csv.</summary>
    File,
}

public static class DatasetNameExtensions
{
    public static int Classes(this DatasetName set) => set switch
    {
        DatasetName.FashionMnist => FashionMnist.Classes,
        DatasetName.Mnist => Mnist.Classes,
        DatasetName.Cifar10 => Cifar10.Classes,
        DatasetName.Sst2 => Sst2.Classes,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "no such data set"),
    };
}
