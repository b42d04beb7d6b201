using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Mean loss without weight decay, and the share of samples classified correctly.</summary>
internal sealed record Score(double Loss, double Accuracy);

/// <summary>Samples for scoring a theta: loss and accuracy by the same forward passes.</summary>
/// <param name="Model">Maps theta and inputs to outputs.</param>
/// <param name="Loss">Loss summed over the samples of a micro-batch.</param>
/// <param name="Inputs">[n,...].</param>
/// <param name="Targets">[n,c]; for one output -1 and +1.</param>
/// <param name="MicroBatch">Samples in one forward pass.</param>
internal sealed record ScoredSamples(
    Model Model, LossFunction Loss, Tensor Inputs, Tensor Targets, int MicroBatch)
{
    public Score At(Tensor theta)
    {
        using var quiet = no_grad();
        var n = Inputs.shape[0];
        var (loss, right) = (0.0, 0L);
        for (long start = 0; start < n; start += MicroBatch)
        {
            using var scope = NewDisposeScope();
            var length = Math.Min(MicroBatch, n - start);
            var targets = Targets.narrow(0, start, length);
            var outputs = Model.Outputs(theta, Inputs.narrow(0, start, length));
            loss += Loss(outputs, targets).ToDouble();
            right += Right(outputs, targets);
        }
        return new(loss / n, (double)right / n);
    }

    /// <summary>Counts the rows of outputs [n,c] whose largest value is where the targets have theirs; with one output, the
    /// rows that have the sign of the target.</summary>
    internal static long Right(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var right = outputs.shape[1] == 1
            ? outputs.sign() == targets.sign()
            : outputs.argmax(1) == targets.argmax(1);
        return right.sum().ToInt64();
    }
}
