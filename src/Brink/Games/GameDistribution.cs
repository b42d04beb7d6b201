namespace Brink.Games;

/// <summary>Distribution of the coefficients of a random two-player game.</summary>
public enum Coefficients
{
    /// <summary>N(0, 1).</summary>
    Gaussian,

    /// <summary>U(0, 1).</summary>
    Uniform,

    /// <summary>2 N(0, 1) - 1. The published code calls it negative uniform, but draws from the normal
    /// distribution.</summary>
    ShiftedGaussian,
}

/// <summary>Kind of drawn games to keep, by the eigenvalues of S.</summary>
public enum Stability
{
    /// <summary>Both eigenvalues are at least 0: every fixed point attracts, however the game rotates.</summary>
    Stable,

    /// <summary>Both eigenvalues are at most 0.</summary>
    Unstable,

    /// <summary>The eigenvalues have opposite signs.</summary>
    Saddle,

    /// <summary>The larger eigenvalue is at least 0: all games but the unstable ones.</summary>
    StableOrSaddle,
}

/// <summary>Random quadratic games: two players with six coefficients, or four players in a circle (Chen et al.
/// 2023).</summary>
public abstract record GameDistribution
{
    /// <summary>Draws games; the result belongs to the caller's dispose scope.</summary>
    /// <param name="games">Number of games B.</param>
    /// <param name="unstable">Share of unstable games among them.</param>
    /// <param name="precision">Precision of the tensors.</param>
    /// <param name="generator">Source of random numbers.</param>
    public abstract QuadraticGames Draw(long games, double unstable, ScalarType precision, Generator generator);
}

/// <summary>Two-player games, drawn again until the eigenvalues of S have the requested signs.</summary>
public sealed record TwoPlayerGames(Coefficients Coefficients = Coefficients.Gaussian, Stability Stability = Stability.Stable)
    : GameDistribution
{
    // About 9% of Gaussian draws are stable.
    private const long DrawsPerAttempt = 4096;

    // Uniform coefficients are never unstable: a request for such games fails after this many draws.
    private const int Attempts = 1000;

    /// <inheritdoc/>
    public override QuadraticGames Draw(long games, double unstable, ScalarType precision, Generator generator)
    {
        using var scope = NewDisposeScope();
        var wanted = rand(games, dtype: precision, generator: generator) < unstable;
        var count = wanted.sum().ToInt64();
        var a = zeros(games, 6, dtype: precision);
        if (count > 0) a[wanted] = DrawCoefficients(count, Stability.Unstable, precision, generator);
        if (count < games) a[wanted.logical_not()] = DrawCoefficients(games - count, Stability, precision, generator);
        var drawn = QuadraticGames.TwoPlayers(a);
        return new(scope.MoveToOuter(drawn.J), scope.MoveToOuter(drawn.C));
    }

    /// <summary>Coefficients [games,6] of games of one kind.</summary>
    public Tensor DrawCoefficients(long games, Stability stability, ScalarType precision, Generator generator)
    {
        using var scope = NewDisposeScope();
        var accepted = new List<Tensor>();
        var missing = games;
        for (var attempt = 0; missing > 0; attempt++)
        {
            using var inner = NewDisposeScope();
            if (attempt == Attempts)
                throw new InvalidOperationException(
                    $"no {stability} game was found in {Attempts * DrawsPerAttempt} draws of {Coefficients} coefficients; "
                        + "choose other coefficients");
            var a = Coefficients switch
            {
                Coefficients.Uniform => rand(DrawsPerAttempt, 6, dtype: precision, generator: generator),
                Coefficients.Gaussian => randn(DrawsPerAttempt, 6, dtype: precision, generator: generator),
                _ => (2 * randn(DrawsPerAttempt, 6, dtype: precision, generator: generator)) - 1,
            };
            var chosen = a[Is(stability, a)];
            var taken = Math.Min(missing, chosen.shape[0]);
            accepted.Add(inner.MoveToOuter(chosen.narrow(0, 0, taken)));
            missing -= taken;
        }
        return scope.MoveToOuter(cat(accepted));
    }

    // The eigenvalues of S = [[a0, m], [m, a1]] have the same sign where the determinant is not negative.
    private static Tensor Is(Stability stability, Tensor a)
    {
        var (a0, a1, m) = (a.select(1, 0), a.select(1, 1), (a.select(1, 2) + a.select(1, 3)) / 2);
        var (one, up) = ((a0 * a1) - m.square() >= 0, a0 + a1 >= 0);
        return stability switch
        {
            Stability.Stable => one & up,
            Stability.Unstable => one & up.logical_not(),
            Stability.Saddle => one.logical_not(),
            _ => one.logical_not() | up,
        };
    }
}

/// <summary>Four-player games, J = eps I + antisymmetric, eps ~ U(0, 1), and U(-1, 0) for the unstable ones.</summary>
public sealed record FourPlayerGames : GameDistribution
{
    /// <inheritdoc/>
    public override QuadraticGames Draw(long games, double unstable, ScalarType precision, Generator generator)
    {
        using var scope = NewDisposeScope();
        var sign = (rand(games, dtype: precision, generator: generator) < unstable).to(precision);
        var drawn = QuadraticGames.Rotating(rand(games, dtype: precision, generator: generator) - sign);
        return new(scope.MoveToOuter(drawn.J), scope.MoveToOuter(drawn.C));
    }
}
