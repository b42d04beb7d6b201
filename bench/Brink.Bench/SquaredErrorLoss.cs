using Brink.Taylor;
using Brink.Zoo.Models;

namespace Brink.Bench;

internal static class SquaredErrorLoss
{
    /// <summary>Makes the mean squared error of a model by the engine of truncated polynomials.</summary>
    /// <param name="model">Model with p parameters.</param>
    /// <param name="inputs">Inputs [n,...].</param>
    /// <param name="targets">Targets [n,outputs]; their precision is that of the loss.</param>
    public static TaylorLoss SquaredError(this Model model, Tensor inputs, Tensor targets) => TaylorLoss.Over(
        model.Dimension, (x, y) => Losses.SquaredError(model.Outputs(model.Layout.Values(), x), Value.Constant(y)), inputs, targets);
}
