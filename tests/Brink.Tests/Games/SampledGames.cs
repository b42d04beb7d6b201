using Brink.Games;

namespace Brink.Tests.Games;

/// <summary>Quadratic games whose Jacobians and constants are drawn again for each step, with a target point for the
/// players.</summary>
internal sealed record SampledGames(long Count, long Seed) : ISampledGames
{
    public IReadOnlyList<long> Players => [1, 1, 1];

    public Tensor Start() => RandomGames.Points(Count, Players.Count, Seed);

    public IGame At(long step) => Drawn(step);

    public QuadraticGames Drawn(long step) => RandomGames.Stable(Count, Players.Count, Seed + step + 100);

    public Tensor Shortfall(Tensor w, long step)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter((w - RandomGames.Points(Count, Players.Count, Seed + step + 200)).square().sum(dim: 1));
    }
}
