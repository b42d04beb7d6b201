namespace Brink.Zoo.Games;

/// <summary>Weights of learned optimizers that come with Brink, as safetensors; each holds how it was
/// trained.</summary>
/// <remarks>There are none for GANs: no training covered more modes on the validation GANs than the rule that it began with
/// (docs/measurements.md).</remarks>
public static class TrainedOptimizers
{
    public static readonly IReadOnlyList<string> Names = ["two-player", "four-player"];

    /// <summary>The file of one of the names.</summary>
    public static Stream Open(string name) =>
        typeof(TrainedOptimizers).Assembly.GetManifestResourceStream(name + ".safetensors")!;
}
