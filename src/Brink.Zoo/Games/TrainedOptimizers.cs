namespace Brink.Zoo.Games;

/// <summary>Weights of learned optimizers that are part of Brink, as safetensors; the metadata of each describe its
/// training.</summary>
/// <remarks>Those for GANs are <see cref="TrainedRules"/>.</remarks>
public static class TrainedOptimizers
{
    /// <summary>Names of the embedded optimizers, for <see cref="Open"/>.</summary>
    public static readonly IReadOnlyList<string> Names = ["two-player", "four-player"];

    /// <summary>Opens the file of one of the names.</summary>
    public static Stream Open(string name) =>
        typeof(TrainedOptimizers).Assembly.GetManifestResourceStream(name + ".safetensors")!;
}
