using Brink.Objectives;

namespace Brink.Games;

/// <summary>Steps of a normalised optimizer on sampled games, differentiated together by its weights. The adjoint
/// method takes one product with J^T a step.</summary>
/// <remarks>As in the GAN training of Chen et al. (2023) the derivative passes through the coefficients and through xi(w)
/// along the unroll; the features, A^T xi, S xi and the mean square v are constants. With w' = w - eta n / sqrt(v' + e)
/// and n = u0 xi - u1 A^T xi - u2 S xi, the adjoints a of w and b of n are b = -eta a' / sqrt(v' + e) and a = a' +
/// J^T (u0 b) + dl/dw; the adjoint of u is b (xi, -A^T xi, -S xi). The loss is taken before each
/// move.</remarks>
/// <param name="W">Positions of the players [B,p].</param>
/// <param name="Hidden">Hidden state [R,h], R = B p.</param>
/// <param name="Cell">Cell state [R,h].</param>
/// <param name="Features">Running means.</param>
/// <param name="Square">Mean square v [B,p].</param>
/// <param name="Steps">Number of steps taken.</param>
internal sealed record SampledUnroll(Tensor W, Tensor Hidden, Tensor Cell, GradientFeatures Features, Tensor Square, long Steps)
{
    // Signs of the directions in the move.
    private static readonly float[] Signs = [1, -1, -1];

    public static SampledUnroll Start(Tensor w, long hidden) => new(
        w,
        zeros(w.numel(), hidden, dtype: w.dtype),
        zeros(w.numel(), hidden, dtype: w.dtype),
        GradientFeatures.Start(w.numel(), w.dtype),
        zeros_like(w),
        0);

    /// <summary>Continues play, and returns the loss summed over the steps and its gradient by the weights
    /// [P].</summary>
    /// <param name="weights">Optimizer whose weights are leaves.</param>
    /// <param name="games">Games that are played.</param>
    /// <param name="steps">Number of steps T.</param>
    /// <param name="eta">Step length of a move.</param>
    public (SampledUnroll State, double Loss, Tensor Gradient, double LargestNorm) Play(
        LearnedOptimizer weights, ISampledGames games, int steps, double eta)
    {
        using var scope = NewDisposeScope();
        var (w, hidden, cell, features, square) = (W, Hidden, Cell, Features, Square);
        var bias = weights.InputBias + weights.HiddenBias;
        var (moves, sum) = (new Move[steps], 0.0);
        for (var t = 0; t < steps; t++)
        {
            var point = games.At(Steps + t).At(w);
            var directions = point.Directions();
            (features, var inputs) = features.After(directions.view(-1, 3));
            (hidden, cell) = weights.Recur(inputs, hidden, cell, bias);
            var u = weights.Coefficients(hidden).view(directions.shape);
            var (value, slope) = StabilityLoss.At(directions);
            sum += value;
            var n = LearnedOptimizer.Move(u.detach(), directions);
            (var scale, square) = RmsPropDescent.Scale(n, square, eta);
            moves[t] = new(point, directions, u, scale, slope);
            w -= scale * n;
        }
        var gradient = Gradient(weights, moves);
        return (
            new SampledUnroll(w, hidden.detach(), cell.detach(), features, square, Steps + steps).MovedOut(scope),
            sum,
            scope.MoveToOuter(gradient),
            LargestColumnNorm(moves[^1].Directions));
    }

    internal SampledUnroll MovedOut(DisposeScope scope)
    {
        foreach (var tensor in new[] { W, Hidden, Cell, Features.Means, Features.Momentum, Features.Square, Square })
            scope.MoveToOuter(tensor);
        return this;
    }

    private static Tensor Gradient(LearnedOptimizer weights, Move[] moves)
    {
        var signs = tensor(Signs, dtype: moves[0].Slope.dtype);
        var pulls = new Tensor[moves.Length];
        var a = zeros_like(moves[0].Slope);
        for (var t = moves.Length - 1; t >= 0; t--)
        {
            var b = -moves[t].Scale * a;
            pulls[t] = b.unsqueeze(-1) * moves[t].Directions * signs;
            a = a + moves[t].Point.TransposeTimes(moves[t].Coefficients.detach().select(-1, 0) * b) + moves[t].Slope;
        }
        var weighted = (stack([.. moves.Select(move => move.Coefficients)]) * stack(pulls)).sum();
        return Differentiation.Derivative(weighted, weights.Tensors, null, keepGraph: false, differentiable: false);
    }

    private static double LargestColumnNorm(Tensor directions) =>
        directions.view(-1, 3).square().sum(dim: 0).max().sqrt().ToDouble();

    /// <param name="Point">Derivatives of the game before the move.</param>
    /// <param name="Directions">(xi, A^T xi, S xi) [B,p,3].</param>
    /// <param name="Coefficients">u [B,p,3], with the graph to the weights.</param>
    /// <param name="Scale">eta / sqrt(v + e) [B,p].</param>
    /// <param name="Slope">dl/dw [B,p].</param>
    private sealed record Move(IGamePoint Point, Tensor Directions, Tensor Coefficients, Tensor Scale, Tensor Slope);
}
