namespace Brink.Games;

/// <summary>B games side by side whose losses are means over samples, drawn anew for each step, as a GAN's
/// are.</summary>
public interface ISampledGames
{
    /// <summary>How many of the p parameters each player has, in their order.</summary>
    IReadOnlyList<long> Players { get; }

    /// <summary>Where play begins [B,p].</summary>
    Tensor Start();

    /// <summary>The games on the samples of one step; they belong to the caller's dispose scope.</summary>
    IGame At(long step);

    /// <summary>How far what the players make at w [B,p] of the noise of one step is from what they are to
    /// make [B]: the less the better. Differentiable by w.</summary>
    Tensor Distance(Tensor w, long step);
}
