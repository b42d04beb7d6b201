using Brink.Games;

namespace Brink.Zoo.Games;

/// <summary>A two-player game with a name.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Summary">Formulas of the losses.</param>
/// <param name="Game">The game of two parameters, in any number of copies side by side.</param>
/// <param name="FixedPoint">The point with xi = 0 that play should find.</param>
public sealed record ClassicGame(string Name, string Summary, IGame Game, (double X, double Y) FixedPoint);

/// <summary>The games that papers on differentiable games illustrate; those of Chen et al. (2023).</summary>
public static class ClassicGames
{
    private const double SeesawScale = 0.95;

    /// <summary>Names of all games, as on the command line.</summary>
    public static readonly IReadOnlyList<string> Names = ["bilinear", "balduzzi", "seesaw", "repelling"];

    /// <summary>Returns a game of two players by its name.</summary>
    /// <returns>The game; null if there is no such name.</returns>
    public static ClassicGame? Named(string name) => name switch
    {
        "bilinear" => Quadratic(name, "l₁ = xy, l₂ = −xy", [0, 0, 1, -1, 0, 0]),
        "balduzzi" => Quadratic(name, "l₁ = x²/2 + 10xy, l₂ = y²/2 − 10xy", [1, 1, 10, -10, 0, 0]),
        "repelling" => Quadratic(name, "l₁ = −x²/20 − xy, l₂ = −y²/20 + xy", [-0.1, -0.1, -1, 1, 0, 0]),
        "seesaw" => new(
            name, "l₁ = −0.95 y sin(0.95πx) = −l₂", new DifferentiableGame([1, 1], Seesaw), (0, 0)),
        _ => null,
    };

    /// <summary>Returns the game l1 = a0/2 x^2 + a2 xy + a4 x, l2 = a1/2 y^2 + a3 xy + a5 y.</summary>
    public static ClassicGame Quadratic(string name, string summary, IReadOnlyList<double> a)
    {
        using var scope = NewDisposeScope();
        var game = QuadraticGames.TwoPlayers(tensor(a.ToArray()).unsqueeze(0));
        var point = game.FixedPoints()[0].data<double>().ToArray();
        var kept = new QuadraticGames(game.J.DetachFromDisposeScope(), game.C.DetachFromDisposeScope());
        return new(name, summary, kept, (point[0], point[1]));
    }

    private static IReadOnlyList<Tensor> Seesaw(IReadOnlyList<Tensor> w)
    {
        var loss = (SeesawScale * w[1] * (SeesawScale * Math.PI * w[0]).sin()).squeeze(1);
        return [-loss, loss];
    }
}
