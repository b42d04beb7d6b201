namespace Brink.Games;

/// <summary>A differentiable game of n players: player i has a share w_i of the parameters w and its own loss
/// l_i(w). Games of one layout are played together: B games of p parameters are rows
/// [B,p].</summary>
public interface IGame
{
    /// <summary>Number of the p parameters of each player, in order.</summary>
    IReadOnlyList<long> Players { get; }

    /// <summary>xi = (d l_i / d w_i)_i, the simultaneous gradient [B,p] at points w [B,p].</summary>
    Tensor Xi(Tensor w);

    /// <summary>Prepares the products at the points w [B,p]. The result belongs to the caller's dispose
    /// scope.</summary>
    IGamePoint At(Tensor w);
}

/// <summary>The first two derivatives of a game at a point. J_ij = d xi_i / d w_j is not symmetric, because the
/// players' losses differ.</summary>
public interface IGamePoint
{
    /// <summary>xi, the simultaneous gradient [B,p] at the point.</summary>
    Tensor Xi { get; }

    /// <summary>J v for v [B,p].</summary>
    Tensor JacobianTimes(Tensor v);

    /// <summary>J^T v for v [B,p].</summary>
    Tensor TransposeTimes(Tensor v);
}

/// <summary>Combinations of the two products. S = (J + J^T)/2 is the part of a game that has a potential,
/// A = (J - J^T)/2 the part that rotates (Balduzzi et al., ICML 2018).</summary>
public static class GameProducts
{
    /// <summary>S v [B,p].</summary>
    public static Tensor SymmetricTimes(this IGamePoint point, Tensor v)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((point.JacobianTimes(v) + point.TransposeTimes(v)) / 2);
    }

    /// <summary>A v [B,p]; A^T v is its negative.</summary>
    public static Tensor AntisymmetricTimes(this IGamePoint point, Tensor v)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((point.JacobianTimes(v) - point.TransposeTimes(v)) / 2);
    }

    /// <summary>Directions (xi, A^T xi, S xi) [B,p,3], which a learned optimizer weights.</summary>
    public static Tensor Directions(this IGamePoint point)
    {
        using var scope = NewDisposeScope();
        var xi = point.Xi;
        var (forward, back) = (point.JacobianTimes(xi), point.TransposeTimes(xi));
        return scope.MoveToOuter(stack([xi, (back - forward) / 2, (forward + back) / 2], -1));
    }
}
