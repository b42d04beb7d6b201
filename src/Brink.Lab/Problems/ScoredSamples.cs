using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Mean loss, without weight decay, and the share of the samples whose class is told
/// right.</summary>
internal sealed record Score(double Loss, double Accuracy);

/// <summary>Samples on which a theta is scored: loss and accuracy by the same forward passes.</summary>
/// <param name="Model">theta and inputs to outputs.</param>
/// <param name="Loss">Sum over the samples of a micro-batch.</param>
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

    /// <summary>How many of the rows of outputs [n,c] have their largest value where the targets have it; of one
    /// output, the sign of the target.</summary>
    internal static long Right(Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var right = outputs.shape[1] == 1
            ? outputs.sign() == targets.sign()
            : outputs.argmax(1) == targets.argmax(1);
        return right.sum().ToInt64();
    }
}
