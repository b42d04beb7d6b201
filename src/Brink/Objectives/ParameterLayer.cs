namespace Brink.Objectives;

/// <summary>The parameters of one module of a model: those whose names agree up to the last point.</summary>
/// <param name="Name">Name of the module; for a parameter outside any module, its own name.</param>
/// <param name="Start">Offset of the first one in theta.</param>
/// <param name="Length">Number of elements.</param>
public sealed record ParameterLayer(string Name, long Start, long Length)
{
    /// <param name="parts">Name and size of each parameter, in the order of theta.</param>
    public static IReadOnlyList<ParameterLayer> Of(IEnumerable<(string Name, long Size)> parts)
    {
        var layers = new List<ParameterLayer>();
        var end = 0L;
        foreach (var (name, size) in parts)
        {
            var layer = name.LastIndexOf('.') is var point and > 0 ? name[..point] : name;
            if (layers.Count > 0 && layers[^1].Name == layer) layers[^1] = layers[^1] with { Length = layers[^1].Length + size };
            else layers.Add(new(layer, end, size));
            end += size;
        }
        return layers;
    }
}
