namespace Brink.Zoo.Formats;

/// <summary>Tensors by name, and their metadata.</summary>
public sealed record NamedTensors(
    IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata);
