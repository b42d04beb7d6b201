using Brink.Games;

namespace Brink.Tests.Games;

/// <summary>Quadratic games whose Jacobians and constants are drawn again for each step.</summary>
internal sealed record SampledGames(long Count, long Seed) : ISampledGames
{
    public IReadOnlyList<long> Players => [1, 1, 1];

    public Tensor Start() => RandomGames.Points(Count, Players.Count, Seed);

    public IGame At(long step) => Drawn(step);

    public QuadraticGames Drawn(long step) => RandomGames.Stable(Count, Players.Count, Seed + step + 100);
}
