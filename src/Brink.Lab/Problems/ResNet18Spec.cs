using Brink.Zoo.Models;

namespace Brink.Lab;

/// <param name="Width">Channels of the first stage.</param>
/// <param name="Activation">After each norm and each block.</param>
/// <param name="Parameters">File of the initial ones.</param>
public sealed record ResNet18Spec(int Width, Activation Activation, [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    public override Model Build(InputShape inputs, int outputs) =>
        new ResNet18(Images(inputs).Channels, outputs, Activation, Width);

    public override void Check() => MultipleOf16("model.width", Width);
}
