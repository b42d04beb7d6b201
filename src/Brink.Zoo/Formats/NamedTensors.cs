namespace Brink.Zoo.Formats;

/// <summary>Tensors by name, and remarks on them.</summary>
public sealed record NamedTensors(
    IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata);
