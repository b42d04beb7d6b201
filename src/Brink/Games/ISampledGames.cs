namespace Brink.Games;

/// <summary>B games whose losses are means over samples, drawn again for each step, as in a GAN.</summary>
public interface ISampledGames
{
    /// <summary>Number of the p parameters of each player, in order.</summary>
    IReadOnlyList<long> Players { get; }

    /// <summary>Starting points [B,p].</summary>
    Tensor Start();

    /// <summary>Returns the games on the samples of one step; they belong to the caller's dispose scope.</summary>
    IGame At(long step);
}
