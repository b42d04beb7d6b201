using Brink.Objectives;

namespace Brink.Games;

/// <summary>Steps of a learned optimizer on a batch of games, differentiated together by its weights (truncated
/// backpropagation through time).</summary>
/// <remarks>Games are rows: one matrix product a step for all parameters of all games. The derivative passes
/// through the coefficients and the directions along the unroll, not through the features. The loss is taken
/// before each move, and computed for all moves at once at the end.</remarks>
/// <param name="W">Positions of the players [B,n].</param>
/// <param name="Hidden">Hidden state [R,h], R = B n.</param>
/// <param name="Cell">Cell state [R,h].</param>
/// <param name="Features">Running means.</param>
internal sealed record Unroll(Tensor W, Tensor Hidden, Tensor Cell, GradientFeatures Features)
{
    // Signs of the directions in the move.
    private static readonly float[] Signs = [1, -1, -1];

    public static Unroll Start(Tensor w, long hidden) => new(
        w,
        zeros(w.numel(), hidden, dtype: w.dtype),
        zeros(w.numel(), hidden, dtype: w.dtype),
        GradientFeatures.Start(w.numel(), w.dtype));

    /// <summary>Continues play, and returns the loss, its gradient by the weights [P], and the point after each
    /// step.</summary>
    /// <param name="weights">Optimizer whose weights are leaves.</param>
    /// <param name="map">Map of the games' directions, D [B,3n,n] and d [B,3n,1].</param>
    /// <param name="steps">Number of steps T.</param>
    /// <param name="loss">Loss that is summed over the steps.</param>
    /// <param name="first">|xi|^2 at the first step of each game [B].</param>
    public (Unroll State, double Loss, Tensor Gradient, Tensor[] Path, double LargestNorm) Play(
        LearnedOptimizer weights, (Tensor D, Tensor d) map, int steps, MetaLoss loss, Tensor first)
    {
        using var scope = NewDisposeScope();
        var (w, hidden, cell, features, bias) = (W, Hidden, Cell, Features, weights.InputBias + weights.HiddenBias);
        var signs = tensor(Signs, dtype: W.dtype);
        var (path, directions) = (new Tensor[steps], new Tensor[steps]);
        for (var t = 0; t < steps; t++)
        {
            directions[t] = map.D.bmm(w.unsqueeze(-1)) + map.d;
            var o = directions[t].view(-1, 3);
            (features, var inputs) = features.After(o.detach());
            (hidden, cell) = weights.Recur(inputs, hidden, cell, bias);
            w -= (weights.Coefficients(hidden) * o).mv(signs).view(W.shape);
            path[t] = w.detach();
        }
        var played = stack(directions).view(steps, W.shape[0], W.shape[1], 3);
        var value = loss.Of(played, first);
        var gradient = Differentiation.Derivative(value, weights.Tensors, null, keepGraph: false, differentiable: false);
        return (
            Detached(scope, w, hidden, cell, features),
            value.ToDouble(),
            scope.MoveToOuter(gradient),
            [.. path.Select(scope.MoveToOuter)],
            LargestColumnNorm(directions[^1]));
    }

    /// <summary>Follows a fast optimizer with one step for each given point of its path, and sums the mean squared
    /// distances to these points.</summary>
    /// <remarks>The features start again at each step: a quirk of the published code.</remarks>
    public (Unroll State, double Loss, Tensor Gradient) Follow(
        LearnedOptimizer weights, (Tensor D, Tensor d) map, IReadOnlyList<Tensor> points)
    {
        using var scope = NewDisposeScope();
        var (w, hidden, cell, bias) = (W, Hidden, Cell, weights.InputBias + weights.HiddenBias);
        var signs = tensor(Signs, dtype: W.dtype);
        var loss = zeros(1, dtype: W.dtype);
        foreach (var point in points)
        {
            var o = (map.D.bmm(w.unsqueeze(-1)) + map.d).view(-1, 3);
            var (_, inputs) = GradientFeatures.Start(o.shape[0], o.dtype).After(o.detach());
            (hidden, cell) = weights.Recur(inputs, hidden, cell, bias);
            w -= (weights.Coefficients(hidden) * o).mv(signs).view(W.shape);
            loss += (w - point).square().sum() / W.shape[0];
        }
        var gradient = Differentiation.Derivative(loss.sum(), weights.Tensors, null, keepGraph: false, differentiable: false);
        return (Detached(scope, w, hidden, cell, Features), loss.ToDouble(), scope.MoveToOuter(gradient));
    }

    internal Unroll MovedOut(DisposeScope scope)
    {
        foreach (var tensor in new[] { W, Hidden, Cell, Features.Means, Features.Momentum, Features.Square }) scope.MoveToOuter(tensor);
        return this;
    }

    private static Unroll Detached(DisposeScope scope, Tensor w, Tensor hidden, Tensor cell, GradientFeatures features) =>
        new Unroll(w.detach(), hidden.detach(), cell.detach(), features).MovedOut(scope);

    // Largest norm among xi, A^T xi and S xi over all parameters of all games; NaN if an entry is NaN.
    private static double LargestColumnNorm(Tensor directions) =>
        directions.detach().view(-1, 3).square().sum(dim: 0).max().sqrt().ToDouble();
}
