namespace Brink.Games;

/// <summary>B quadratic games of n players with one parameter each: l_i = J_ii w_i^2 / 2 + sum_j J_ij w_i w_j
/// + c_i w_i over j other than i, so that xi = J w + c.</summary>
/// <remarks>A single game is played at any number of points [B,n].</remarks>
/// <param name="J">Jacobians [B,n,n]; the caller keeps them.</param>
/// <param name="C">Gradients at the origin [B,n].</param>
public sealed record QuadraticGames(Tensor J, Tensor C) : IGame
{
    /// <summary>Number of games B.</summary>
    public long Count => J.shape[0];

    /// <summary>Number of players n.</summary>
    public long Dimension => J.shape[1];

    /// <inheritdoc/>
    public IReadOnlyList<long> Players => [.. Enumerable.Repeat(1L, (int)Dimension)];

    /// <summary>Makes two-player games from the coefficients a [B,6] of l_1 = a0/2 w1^2 + a2 w1 w2 + a4 w1 and
    /// l_2 = a1/2 w2^2 + a3 w1 w2 + a5 w2: M11, M22, M12, M21, b1, b2 in the lists of Chen et al.
    /// (2023).</summary>
    public static QuadraticGames TwoPlayers(Tensor a)
    {
        if (a.dim() != 2 || a.shape[1] != 6)
            throw new ArgumentException($"the coefficients have shape [{string.Join(',', a.shape)}]; it must be [games,6]", nameof(a));
        using var scope = NewDisposeScope();
        var matrices = stack([a.select(1, 0), a.select(1, 2), a.select(1, 3), a.select(1, 1)], 1).reshape(-1, 2, 2);
        return new(scope.MoveToOuter(matrices), scope.MoveToOuter(a.narrow(1, 4, 2).contiguous()));
    }

    /// <summary>Makes games whose players rotate about each other, l_i = eps/2 w_i^2 + w_i (sum over j after i of w_j
    /// - sum over j before i of w_j): J = eps I + antisymmetric, C = 0.</summary>
    /// <param name="eps">Curvature of each game [B].</param>
    /// <param name="players">Number of players n, four in Chen et al. (2023).</param>
    public static QuadraticGames Rotating(Tensor eps, long players = 4)
    {
        using var scope = NewDisposeScope();
        var circle = ones(players, players, dtype: eps.dtype).triu(1);
        var matrices = (eps.reshape(-1, 1, 1) * eye(players, dtype: eps.dtype)) + circle - circle.t();
        return new(scope.MoveToOuter(matrices), scope.MoveToOuter(zeros(eps.shape[0], players, dtype: eps.dtype)));
    }

    /// <inheritdoc/>
    public Tensor Xi(Tensor w)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(Count == 1
            ? w.mm(J[0].t()) + C
            : J.bmm(w.unsqueeze(-1)).squeeze(-1) + C);
    }

    /// <inheritdoc/>
    public IGamePoint At(Tensor w) => new Point(J, Xi(w));

    /// <summary>Computes the affine map D w + d of the directions (xi, A^T xi, S xi), with D [B,3n,n] and d
    /// [B,3n,1], the three of one player together. It needs one product a step instead of three, for play of
    /// thousands of games.</summary>
    internal (Tensor D, Tensor d) DirectionMap()
    {
        using var scope = NewDisposeScope();
        var T = J.transpose(1, 2);
        var maps = stack([eye(Dimension, dtype: J.dtype).expand_as(J), (T - J) / 2, (J + T) / 2], 2)
            .reshape(Count, 3 * Dimension, Dimension);
        return (scope.MoveToOuter(maps.bmm(J)), scope.MoveToOuter(maps.bmm(C.unsqueeze(-1))));
    }

    /// <summary>Repeats each game S times: rows g S, ..., g S + S - 1 are game g.</summary>
    public QuadraticGames Repeated(long times)
    {
        using var scope = NewDisposeScope();
        return new(
            scope.MoveToOuter(J.repeat_interleave(times, 0)), scope.MoveToOuter(C.repeat_interleave(times, 0)));
    }

    /// <summary>Solves J w = -c for w [B,n]; NaN in a row whose game has no fixed point.</summary>
    /// <remarks>Uses the pseudoinverse: a game without curvature along some direction has a line of fixed points, or none.
    /// The cutoff of the pseudoinverse is relative to the largest singular value. Rows are therefore scaled to a largest
    /// entry of 1 first, and columns too where the solution is no fixed point. At a fixed point each player's gradient is
    /// within rounding of zero, relative to its own terms.</remarks>
    public Tensor FixedPoints()
    {
        using var scope = NewDisposeScope();
        var (A, c) = (J.to(ScalarType.Float64), C.to(ScalarType.Float64).unsqueeze(-1));
        var rows = LargestOr1(A, 2);
        (A, c) = (A / rows, c / rows);
        var columns = LargestOr1(A, 1);
        var w = linalg.pinv(A).bmm(-c);
        w = where(IsNoFixedPoint(A, w, c), linalg.pinv(A / columns).bmm(-c) / columns.transpose(1, 2), w);
        return scope.MoveToOuter(w.masked_fill(IsNoFixedPoint(A, w, c), double.NaN).squeeze(-1).to(J.dtype));
    }

    private static Tensor LargestOr1(Tensor A, long dimension)
    {
        var largest = A.abs().amax(new[] { dimension }, keepdim: true);
        return where(largest > 0, largest, ones_like(largest));
    }

    /// <summary>Mask [B,1,1] of the games where w [B,n,1] is no fixed point.</summary>
    private static Tensor IsNoFixedPoint(Tensor A, Tensor w, Tensor c)
    {
        const double tolerance = 1e-8;
        var terms = A.abs().bmm(w.abs()) + c.abs();
        return ((A.bmm(w) + c).abs() <= tolerance * terms).all(1, keepdim: true).logical_not();
    }

    private sealed class Point(Tensor J, Tensor xi) : IGamePoint
    {
        public Tensor Xi => xi;

        public Tensor JacobianTimes(Tensor v) => Product(J, v);

        public Tensor TransposeTimes(Tensor v) => Product(J.transpose(1, 2), v);

        private static Tensor Product(Tensor matrices, Tensor v)
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(matrices.shape[0] == 1
                ? v.mm(matrices[0].t())
                : matrices.bmm(v.unsqueeze(-1)).squeeze(-1));
        }
    }
}
