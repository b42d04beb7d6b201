using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Names and shapes of the weights and biases of a <see cref="BnpNetwork"/>, which all its variants share.</summary>
internal static class BnpLayout
{
    public static ParameterLayout Of(BnpModel model, ImageShape shape, int classes) => model == BnpModel.Mlp
        ? new Mlp(
            [shape.Channels * shape.Height * shape.Width, BnpNetwork.Hidden, BnpNetwork.Hidden, BnpNetwork.Hidden, classes],
            Activation.Relu).Layout
        : new(
            Parameter.Weight("conv1.weight", BnpNetwork.First, shape.Channels, 3, 3),
            Parameter.Zeros("conv1.bias", BnpNetwork.First),
            Parameter.Weight("conv2.weight", BnpNetwork.Second, BnpNetwork.First, 3, 3),
            Parameter.Zeros("conv2.bias", BnpNetwork.Second),
            Parameter.Weight("linear.weight", classes, (long)BnpNetwork.Second * (shape.Height / 4) * (shape.Width / 4)),
            Parameter.Zeros("linear.bias", classes));
}
