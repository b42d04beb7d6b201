namespace Brink.Objectives;

/// <summary>Maps outputs f [n,c] and targets [n,c] of a micro-batch to the sum of its samples' losses, a scalar.</summary>
public delegate Tensor LossFunction(Tensor outputs, Tensor targets);

/// <summary>The mean loss of a model over a data set, in micro-batches.</summary>
/// <remarks>L(theta) = (1/n) sum_i loss(f(theta, x_i), y_i). Every micro-batch contributes the sum over its samples, divided by
/// n of the whole set: a smaller last one has its true weight, and the result does not depend on the size of
/// micro-batches.</remarks>
public static class EmpiricalLoss
{
    /// <summary>Categorical squared error: sum over the classes, no 1/2 (Damian et al. 2023, as in their
    /// code: cat_mse).</summary>
    public static Tensor SquaredError(Tensor outputs, Tensor targets) => (outputs - targets).square().sum();

    /// <summary>-sum over the classes of the target's share times log softmax(f): with one-hot targets -log
    /// softmax(f)_y, with smoothed ones label smoothing (ce).</summary>
    public static Tensor CrossEntropy(Tensor outputs, Tensor targets) => -(targets * outputs.log_softmax(1)).sum();

    /// <summary>-log sigmoid(f y) for one output f and a target y of +1 or -1 (logistic).</summary>
    public static Tensor Logistic(Tensor outputs, Tensor targets) => -nn.functional.logsigmoid(outputs * targets).sum();

    /// <param name="dimension">Number of parameters p.</param>
    /// <param name="model">Maps theta [p] and inputs [b,...] to outputs [b,c].</param>
    /// <param name="loss">Maps outputs and targets of a micro-batch to the sum of its samples' losses.</param>
    /// <param name="inputs">Inputs [n,...], of any type that the model takes; the caller owns them and keeps them alive as long
    /// as the objective.</param>
    /// <param name="targets">Targets [n,c] in the objective's precision; the caller keeps them alive as well.</param>
    /// <param name="microBatch">Samples in one forward pass, at least 1.</param>
    /// <param name="expansionBudget">Bytes of graphs that an expansion may keep.</param>
    /// <param name="weightDecay">Coefficient lambda of an added term lambda/2 ||theta||^2.</param>
    public static DifferentiableSum Over(
        long dimension,
        Func<Tensor, Tensor, Tensor> model,
        LossFunction loss,
        Tensor inputs,
        Tensor targets,
        int microBatch,
        long expansionBudget = DifferentiableSum.DefaultExpansionBudget,
        double weightDecay = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(microBatch, 1);
        var n = inputs.shape[0];
        if (n == 0) throw new ArgumentException("the data set is empty; pass at least one sample", nameof(inputs));
        if (targets.shape[0] != n)
            throw new ArgumentException(
                $"there are {n} inputs and {targets.shape[0]} targets; each input needs one target", nameof(targets));
        var terms = (int)((n + microBatch - 1) / microBatch);
        return new(dimension, targets.dtype, terms + (weightDecay == 0 ? 0 : 1), Term, expansionBudget)
        {
            Composition = new(Outputs, LossOf),
        };

        Tensor Term(Tensor theta, int term) => LossOf(Outputs(theta, term), term);

        // Weight decay is the loss of a model whose outputs are its parameters.
        Tensor Outputs(Tensor theta, int term) =>
            term == terms ? theta : model(theta, Part(inputs, term));

        Tensor LossOf(Tensor outputs, int term) => term == terms
            ? weightDecay / 2 * outputs.square().sum()
            : loss(outputs, Part(targets, term)) / (double)n;

        Tensor Part(Tensor whole, int term)
        {
            var start = (long)term * microBatch;
            return whole.narrow(0, start, Math.Min(microBatch, n - start));
        }
    }
}
