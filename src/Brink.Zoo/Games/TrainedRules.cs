using Brink.Zoo.Formats;

namespace Brink.Zoo.Games;

/// <summary>Learned rules for GANs that are part of Brink, as safetensors; the metadata of each describe its training.</summary>
public static class TrainedRules
{
    /// <summary>Names of the embedded rules.</summary>
    public static readonly IReadOnlyList<string> Names = ["gan"];

    /// <summary>Reads the numbers theta [q] of one of the names.</summary>
    public static Tensor Read(string name)
    {
        using var stream = typeof(TrainedRules).Assembly.GetManifestResourceStream(name + ".safetensors")!;
        return RuleFile.Read(stream, name);
    }
}
