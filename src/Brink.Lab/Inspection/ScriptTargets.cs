
namespace Brink.Lab;

/// <summary>Converts targets to the form that the loss and the model's outputs need.</summary>
internal static class ScriptTargets
{
    /// <param name="loss">The loss.</param>
    /// <param name="outputs">Outputs of a few samples [b,...].</param>
    /// <param name="y">Targets of all samples [n,...].</param>
    /// <param name="precision">The precision of the run.</param>
    /// <param name="path">The file of the model.</param>
    /// <returns>A tensor that the caller owns, in the precision of the run: values for mse, one-hot rows for
    /// cross-entropy.</returns>
    /// <exception cref="ExperimentException">The targets do not fit the outputs or the loss.</exception>
    public static Tensor For(LossKind loss, Tensor outputs, Tensor y, ScalarType precision, string path) => loss switch
    {
        LossKind.Mse => Values(outputs, y, precision),
        LossKind.CrossEntropy => Classes(outputs, y, precision, path),
        _ => throw new ExperimentException($"--loss: {loss}; it must be mse or cross-entropy"),
    };

    /// <remarks>Integers are targets too where each output has one: counts and years, and 0 and 1.</remarks>
    private static Tensor Values(Tensor outputs, Tensor y, ScalarType precision)
    {
        // One output and one target for each sample: without this, their shapes would be broadcast against each other.
        var targets = y.dim() == 1 && outputs.dim() == 2 && outputs.shape[1] == 1 ? y.unsqueeze(1) : y;
        if (!targets.shape.Skip(1).SequenceEqual(outputs.shape.Skip(1)))
        {
            throw new ExperimentException(
                $"y: {Shape(y)} does not match the outputs {Shape(outputs)}: --loss mse needs targets of the same shape"
                    + (y.is_floating_point() || y.dim() > 1 ? "" : "; for classes, use --loss cross-entropy or store them one-hot"));
        }
        var numbers = targets.to(precision);
        if (!y.is_floating_point() && !numbers.to(y.dtype).equal(targets).all().ToBoolean())
        {
            throw new ExperimentException(
                $"y: {Shape(y)} contains integers that {precision} rounds; use --precision float64 or smaller numbers");
        }
        return numbers.alias();
    }

    private static Tensor Classes(Tensor outputs, Tensor y, ScalarType precision, string path)
    {
        if (outputs.dim() != 2)
        {
            throw new ExperimentException(
                $"{path}: the outputs are {Shape(outputs)}; --loss cross-entropy needs scores of classes [n,c]");
        }
        if (y.is_floating_point() || y.dim() != 1)
            throw new ExperimentException($"y: {Shape(y)}; --loss cross-entropy needs integer classes [n]");
        var (least, largest) = (y.min().to(ScalarType.Int64).item<long>(), y.max().to(ScalarType.Int64).item<long>());
        var classes = outputs.shape[1];
        if (least < 0 || largest >= classes)
        {
            throw new ExperimentException(
                $"y: classes {least} to {largest}; they must be between 0 and {classes - 1}, because the model has {classes} outputs");
        }
        return nn.functional.one_hot(y.to(ScalarType.Int64), classes).to(precision);
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(',', tensor.shape)}] {tensor.dtype}";
}
