namespace Brink.Games;

/// <summary>Starting points of play: on the unit sphere by its angles, or inside it.</summary>
/// <remarks>Two players have one angle: (cos a, sin a). Four have three, in the order of the published code: cos
/// a1; sin a1 cos a2; sin a1 sin a2 sin a3; sin a1 sin a2 cos a3.</remarks>
public static class StartingPoints
{
    // Upper bound of the angles in the published code, in radians: many turns.
    private const double LargestAngle = 1000;

    /// <summary>Draws points in the ball [games,n], n = 2 or 4, with uniform radius.</summary>
    public static Tensor InBall(long games, long players, ScalarType precision, Generator generator)
    {
        using var scope = NewDisposeScope();
        var points = OnSphere(games, players, precision, generator);
        return scope.MoveToOuter(points * rand(games, 1, dtype: precision, generator: generator));
    }

    /// <summary>Draws points on the sphere [games,n], n = 2 or 4.</summary>
    public static Tensor OnSphere(long games, long players, ScalarType precision, Generator generator)
    {
        using var scope = NewDisposeScope();
        var angles = rand(games, Angles(players), dtype: ScalarType.Float64, generator: generator);
        return scope.MoveToOuter(Of(angles * LargestAngle, players).to(precision));
    }

    /// <summary>The points of the published evaluations: all angles 2^k, k = 1, ..., count.</summary>
    /// <param name="singleAngles">True to compute angles and cosines in float32, as the published code does for
    /// large counts.</param>
    public static Tensor PowersOfTwo(int count, long players, ScalarType precision, bool singleAngles = false)
    {
        using var scope = NewDisposeScope();
        var angles = tensor(Enumerable.Range(1, count).Select(k => Math.ScaleB(1, k)).ToArray())
            .unsqueeze(1)
            .expand(count, Angles(players));
        return scope.MoveToOuter(Of(singleAngles ? angles.to(ScalarType.Float32) : angles, players).to(precision));
    }

    private static long Angles(long players) => players switch
    {
        2 => 1,
        4 => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(players), players, "starting points exist for two and four players only"),
    };

    private static Tensor Of(Tensor angles, long players)
    {
        var (sin, cos) = (angles.sin(), angles.cos());
        if (players == 2) return cat([cos, sin], 1);
        var (s, c) = (sin.unbind(1), cos.unbind(1));
        return stack([c[0], s[0] * c[1], s[0] * s[1] * s[2], s[0] * s[1] * c[2]], 1);
    }
}
