using Brink.Games;

namespace Brink.Tests.Games;

/// <summary>A quadratic game of two players, w' = w - eta J w - theta: positions are linear in theta, and the loss, the mean of |w|^2/2
/// over the steps of a truncation, is quadratic. Smoothing changes no derivative of a quadratic loss.</summary>
internal sealed record LinearGames : IEvolvedGames
{
    public const int Truncation = 5, Truncations = 4;

    public static readonly double[] Theta = [0.1, -0.2];

    // M = I - eta J.
    private static readonly double[,] M = { { 0.85, -0.3 }, { 0.3, 0.85 } };

    private static readonly double[] First = [1, 0.5];

    public GameState Start(IReadOnlyList<long> seeds)
    {
        using var scope = NewDisposeScope();
        return new(scope.MoveToOuter(tensor(First).repeat(seeds.Count, 1)), []);
    }

    public (GameState State, Tensor Loss) Play(Tensor theta, IReadOnlyList<(long Seed, long Age)> games, GameState state, int steps)
    {
        using var scope = NewDisposeScope();
        var (w, loss) = (state.W, zeros(games.Count, dtype: ScalarType.Float64));
        for (var i = 0; i < steps; i++)
        {
            w = w.matmul(tensor(M).t()) - theta;
            loss += w.square().sum(dim: 1) / (2 * steps);
        }
        return (new(scope.MoveToOuter(w), []), scope.MoveToOuter(loss));
    }

    /// <summary>Returns the gradient of the losses of all truncations, in closed form, and the one that a derivative through single
    /// truncations gives: -1/K sum S^T w_t with S = I + M + ... + M^(s-1), where s counts steps from the start of the game, or
    /// of the truncation.</summary>
    public static (Tensor Whole, Tensor Truncated) Gradients()
    {
        var (m, w, theta) = (tensor(M), tensor(First), tensor(Theta));
        var (whole, truncated) = (zeros_like(theta), zeros_like(theta));
        var (fromStart, fromTruncation) = (zeros_like(m), zeros_like(m));
        for (var t = 0; t < Truncation * Truncations; t++)
        {
            if (t % Truncation == 0) fromTruncation = zeros_like(m);
            (fromStart, fromTruncation) = (eye(2, dtype: m.dtype) + m.matmul(fromStart), eye(2, dtype: m.dtype) + m.matmul(fromTruncation));
            w = m.matmul(w) - theta;
            whole -= fromStart.t().matmul(w) / Truncation;
            truncated -= fromTruncation.t().matmul(w) / Truncation;
        }
        return (whole, truncated);
    }
}
