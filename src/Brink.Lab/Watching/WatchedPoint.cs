using Brink.Zoo.Checkpoints;

namespace Brink.Lab;

/// <summary>The point of a checkpoint, to which the state of its optimizer belongs.</summary>
/// <param name="Parameters">Names and shapes of the parameters, in the order of theta.</param>
/// <param name="Theta">theta [p].</param>
/// <param name="Gradient">Gradient of the loss on the probe [p].</param>
/// <param name="Path">File, for messages.</param>
public sealed record WatchedPoint(
    IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters, Tensor Theta, Tensor Gradient, string Path)
{
    /// <summary>The parameters in the order of the file, by which an optimizer numbers them; a model file may have another
    /// order.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> InFile { get; init; } = Parameters;

    /// <summary>The index of each parameter in the state of the optimizer.</summary>
    /// <exception cref="InvalidDataException">The state does not fit the model.</exception>
    internal IReadOnlyDictionary<string, long> Indices(OptimizerState state) => state.IndicesByName(InFile, Path);

    /// <summary>The parameters one after the other: name, and theta and gradient, both flat and in float64.</summary>
    internal IEnumerable<(string Name, Tensor Theta, Tensor Gradient)> Parts()
    {
        var start = 0L;
        foreach (var (name, shape) in Parameters)
        {
            var size = shape.Aggregate(1L, (product, side) => product * side);
            yield return (name, Part(Theta), Part(Gradient));
            start += size;

            Tensor Part(Tensor whole) => whole.detach().narrow(0, start, size).to(ScalarType.Float64);
        }
    }
}
