using Brink.Zoo.Models;

namespace Brink.Lab;

/// <param name="Hidden">Widths of the hidden layers.</param>
/// <param name="Activation">Activation after each hidden layer.</param>
/// <param name="Parameters">Safetensors file of the initial parameters.</param>
public sealed record MlpSpec(IReadOnlyList<int> Hidden, Activation Activation, [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    internal override Model Build(InputShape inputs, int outputs) =>
        new Mlp([inputs is VectorShape vectors ? vectors.Size : Size(Images(inputs)), .. Hidden, outputs], Activation);

    private static int Size(ImageShape images) => images.Channels * images.Height * images.Width;

    internal override void Check()
    {
        foreach (var width in Hidden) AtLeast1("model.hidden: width", width);
    }
}
