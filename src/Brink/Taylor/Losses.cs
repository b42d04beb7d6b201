namespace Brink.Taylor;

/// <summary>The losses of <see cref="Objectives.EmpiricalLoss"/> for values: of outputs f [n,c] and targets [n,c], summed over
/// the samples.</summary>
public static class Losses
{
    /// <summary>Squared error, summed over the classes, no 1/2.</summary>
    public static Value SquaredError(Value outputs, Value targets)
    {
        var error = outputs - targets;
        return (error * error).Total();
    }

    /// <summary>-sum over the classes of the target's share times log softmax(f).</summary>
    public static Value CrossEntropy(Value outputs, Value targets) =>
        -1.0 * (outputs.LogSoftmax() * targets).Total();

    /// <summary>-log sigmoid(f y) = log(1 + e^(-f y)) for a target y of +1 or -1.</summary>
    public static Value Logistic(Value outputs, Value targets) =>
        (-1.0 * (outputs * targets)).Softplus().Total();
}
