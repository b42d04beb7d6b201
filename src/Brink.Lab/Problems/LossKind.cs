namespace Brink.Lab;

/// <summary>The loss of one sample.</summary>
public enum LossKind
{
    /// <summary>Squared error, summed over the classes, no 1/2.</summary>
    Mse,

    /// <summary>Cross-entropy of the softmax of the outputs.</summary>
    CrossEntropy,

    /// <summary>Squared error of one output against -1 for the first class and +1 for the second.</summary>
    BinaryMse,

    /// <summary>Logistic loss of one output, with the same targets.</summary>
    Logistic,
}

internal static class LossKindExtensions
{
    /// <summary>Returns whether a single output separates two classes.</summary>
    public static bool IsBinary(this LossKind loss) => loss is LossKind.BinaryMse or LossKind.Logistic;
}
