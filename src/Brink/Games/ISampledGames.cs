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

    /// <summary>How far the players at w [B,p], on the samples of one step, are from what each is for [B]: the less
    /// the better. Differentiable by w.</summary>
    Tensor Shortfall(Tensor w, long step);
}
