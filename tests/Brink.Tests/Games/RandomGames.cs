using Brink.Games;

namespace Brink.Tests.Games;

/// <summary>Games from a seed, and the same games defined by their losses only.</summary>
internal static class RandomGames
{
    /// <summary>J with eigenvalues well inside the right half plane, and c.</summary>
    public static QuadraticGames Stable(long count, long players, long seed = 0)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        var J = (randn(count, players, players, dtype: ScalarType.Float64, generator: generator) / 2)
            + (2 * eye(players, dtype: ScalarType.Float64));
        var C = randn(count, players, dtype: ScalarType.Float64, generator: generator);
        return new(scope.MoveToOuter(J), scope.MoveToOuter(C));
    }

    public static Tensor Points(long count, long players, long seed = 7)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn(count, players, dtype: ScalarType.Float64, generator: generator);
    }

    /// <summary>l_i = J_ii w_i^2 / 2 + sum_j J_ij w_i w_j + c_i w_i, term by term.</summary>
    public static DifferentiableGame ByLosses(QuadraticGames games) => new(games.Players, w =>
    [
        .. Enumerable.Range(0, w.Count).Select(i =>
        {
            var loss = (games.J.select(1, i).select(1, i) / 2 * w[i].squeeze(1).square()) + (games.C.select(1, i) * w[i].squeeze(1));
            for (var j = 0; j < w.Count; j++)
                if (j != i) loss += games.J.select(1, i).select(1, j) * w[i].squeeze(1) * w[j].squeeze(1);
            return loss;
        }),
    ]);

    /// <summary>Two players with two and one parameters and losses without structure.</summary>
    public static DifferentiableGame Curved() => new([2, 1], w =>
    [
        ((w[0].sin() * w[0].flip(1)).sum(dim: 1) * w[1].squeeze(1).cos()) + w[0].pow(4).sum(dim: 1),
        (w[1].squeeze(1).pow(3) * w[0].select(1, 1)) + w[0].select(1, 0).exp() * w[1].squeeze(1),
    ]);
}
