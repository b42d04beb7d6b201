using Brink.Zoo.Models;

namespace Brink.Lab;

/// <param name="Filters">Number of filters of each convolution.</param>
/// <param name="Activation">Activation after each convolution.</param>
/// <param name="Parameters">Safetensors file of the initial parameters.</param>
public sealed record CnnSpec(int Filters, Activation Activation, [FilePath] string? Parameters = null)
    : ModelSpec(Activation, Parameters)
{
    internal override Model Build(InputShape inputs, int outputs)
    {
        var images = Images(inputs);
        return images.Height == images.Width && images.Height % 4 == 0
            ? new Cnn(images.Channels, images.Height, outputs, Activation, Filters)
            : throw new ExperimentException(
                $"data.pool: images of {images.Height} by {images.Width} after pooling;"
                    + " model.kind=cnn needs squares whose side is a multiple of 4");
    }

    internal override void Check() => MultipleOf16("model.filters", Filters);
}
