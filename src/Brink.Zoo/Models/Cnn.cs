using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>The convolutional network of the paper: twice a 3 by 3 convolution, an activation and average
/// pooling by 2; then a linear layer (Damian et al. 2023, as in their code).</summary>
/// <param name="Channels">Number of channels of the images.</param>
/// <param name="Side">Height and width of the images, a multiple of 4.</param>
/// <param name="Classes">Number of outputs.</param>
/// <param name="Activation">Activation after each convolution.</param>
/// <param name="Filters">Number of output channels of each convolution: a multiple of 16.</param>
public sealed record Cnn(int Channels, int Side, int Classes, Activation Activation, int Filters = 32) : Model
{
    /// <inheritdoc/>
    public override ParameterLayout Layout => new(
        Parameter.Weight("conv1.weight", Filters, Channels, 3, 3),
        Parameter.Zeros("conv1.bias", Filters),
        Parameter.Weight("conv2.weight", Filters, Filters, 3, 3),
        Parameter.Zeros("conv2.bias", Filters),
        Parameter.Weight("linear.weight", Classes, (long)Filters * (Side / 4) * (Side / 4)),
        Parameter.Zeros("linear.bias", Classes));

    /// <summary>Computes outputs [n,classes] of images [n,channels,side,side].</summary>
    public override Value Outputs(Queue<Value> parameters, Tensor inputs)
    {
        Convolution.CheckImages(Channels);
        Convolution.CheckChannels(Filters, nameof(Filters));
        if (Side % 4 != 0) throw new ArgumentException($"the side of the images is {Side}; it must be a multiple of 4", nameof(inputs));
        var h = Value.Constant(inputs);
        for (var layer = 0; layer < 2; layer++)
        {
            h = h.Convolve(parameters.Dequeue()).AddColumns(parameters.Dequeue());
            h = Activation.Of(h).AveragePool(2);
        }
        return h.Flatten().Dense(parameters.Dequeue(), parameters.Dequeue());
    }

    /// <inheritdoc/>
    public override Tensor Outputs(Tensor theta, Tensor inputs) =>
        Convolution.OnPaddedBatch(inputs, padded => base.Outputs(theta, padded));
}
