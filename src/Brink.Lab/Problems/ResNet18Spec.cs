using Brink.Zoo.Models;

namespace Brink.Lab;

/// <param name="Width">Channels of the first stage.</param>
/// <param name="Activation">Activation after each norm and each block.</param>
/// <param name="Parameters">Safetensors file of the initial parameters.</param>
public sealed record ResNet18Spec(int Width, Activation Activation, [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    internal override Model Build(InputShape inputs, int outputs) =>
        new ResNet18(Images(inputs).Channels, outputs, Activation, Width);

    internal override void Check() => MultipleOf16("model.width", Width);
}
