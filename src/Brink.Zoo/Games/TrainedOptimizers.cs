namespace Brink.Zoo.Games;

/// <summary>Weights of learned optimizers that come with Brink, as safetensors; each holds how it was
/// trained.</summary>
/// <remarks>Those for GANs are what their training began with, epoch 0: no later ones covered more modes on the
/// validation GANs (docs/measurements.md).</remarks>
public static class TrainedOptimizers
{
    public static readonly IReadOnlyList<string> Names = ["two-player", "four-player", Gan];

    /// <summary>The name of the weights for GANs.</summary>
    public const string Gan = "gan";

    /// <summary>The file of one of the names.</summary>
    public static Stream Open(string name) =>
        typeof(TrainedOptimizers).Assembly.GetManifestResourceStream(name + ".safetensors")!;
}
