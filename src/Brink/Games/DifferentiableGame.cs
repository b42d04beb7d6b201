using Brink.Objectives;

namespace Brink.Games;

/// <summary>A game with any differentiable losses; libtorch computes the derivatives.</summary>
/// <param name="Players">Number of parameters of each player.</param>
/// <param name="Losses">Maps the players' parameters, [B,p_i] each, to their losses, [B] each. The losses of one
/// game must not depend on the parameters of another.</param>
public sealed record DifferentiableGame(
    IReadOnlyList<long> Players, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Losses) : IGame
{
    /// <inheritdoc/>
    public Tensor Xi(Tensor w)
    {
        using var scope = NewDisposeScope();
        var leaves = Leaves(w);
        var losses = Summed(leaves);
        return scope.MoveToOuter(Joined(w, leaves.Select((leaf, i) => Differentiation.Derivative(
            losses[i], [leaf], null, keepGraph: i < leaves.Length - 1, differentiable: false))));
    }

    /// <inheritdoc/>
    public IGamePoint At(Tensor w)
    {
        var leaves = Leaves(w);
        return new Point(w, leaves, [.. Summed(leaves).Select(loss => Differentiation.Derivative(
            loss, leaves, null, keepGraph: true, differentiable: true))]);
    }

    private Tensor[] Leaves(Tensor w) => w.dim() == 2 && w.shape[1] == Players.Sum()
        ? [.. w.split([.. Players], 1).Select(Differentiation.Variable)]
        : throw new ArgumentException($"w has shape [{string.Join(',', w.shape)}]; it must be [games,{Players.Sum()}]", nameof(w));

    private Tensor[] Summed(Tensor[] leaves)
    {
        var losses = Losses(leaves);
        return losses.Count == leaves.Length
            ? [.. losses.Select(loss => loss.sum())]
            : throw new InvalidOperationException(
                $"the game returned {losses.Count} losses for {leaves.Length} players; it must return one for each");
    }

    private static Tensor Joined(Tensor w, IEnumerable<Tensor> blocks) =>
        cat([.. blocks.Select(block => block.detach().reshape(w.shape[0], -1))], 1);

    /// <param name="w">Point [B,p].</param>
    /// <param name="leaves">Parameters of each player in w.</param>
    /// <param name="gradients">Gradient of each loss by all leaves, concatenated, with its graph.</param>
    private sealed class Point(Tensor w, Tensor[] leaves, Tensor[] gradients) : IGamePoint
    {
        private readonly Tensor[] _own =
            [.. gradients.Select((gradient, i) => gradient.split([.. leaves.Select(leaf => leaf.numel())])[i])];

        public Tensor Xi => Joined(w, _own);

        // (J v)_i = d/dw_i (grad l_i . v): the rows of player i in the Hessian of l_i.
        public Tensor JacobianTimes(Tensor v)
        {
            using var scope = NewDisposeScope();
            var direction = Flat(v);
            return scope.MoveToOuter(Joined(w, leaves.Select((leaf, i) => Differentiation.Derivative(
                gradients[i], [leaf], direction, keepGraph: true, differentiable: false))));
        }

        // J^T v = d/dw (xi . v).
        public Tensor TransposeTimes(Tensor v)
        {
            using var scope = NewDisposeScope();
            var product = Differentiation.Derivative(
                cat(_own), leaves, Flat(v), keepGraph: true, differentiable: false);
            return scope.MoveToOuter(Joined(w, product.split([.. leaves.Select(leaf => leaf.numel())])));
        }

        private Tensor Flat(Tensor v) =>
            cat([.. v.split([.. leaves.Select(leaf => leaf.shape[1])], 1).Select(block => block.flatten())]);
    }
}
