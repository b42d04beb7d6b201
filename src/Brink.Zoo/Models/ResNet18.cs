using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>ResNet-18 for images of 32 by 32: a 3 by 3 stem, four stages of two basic blocks, global average pooling, a
/// linear layer that starts at zero; GroupNorm in place of BatchNorm (He et al. 2016; Damian et al. 2023, as in their
/// code).</summary>
/// <remarks>libtorch's group_norm is correct in the third derivative, while its layer_norm and batch_norm are not (<c>brink
/// doctor</c> shows it).</remarks>
/// <param name="Channels">Number of channels of the images.</param>
/// <param name="Classes">Number of outputs.</param>
/// <param name="Activation">Activation after each norm and after each block's sum.</param>
/// <param name="Width">Number of channels of the first stage, doubled at each further one: a multiple of 16 and of the
/// groups.</param>
/// <param name="Groups">Number of groups of each norm.</param>
public sealed record ResNet18(int Channels, int Classes, Activation Activation, int Width = 16, int Groups = 16) : Model
{
    private const int Stages = 4, BlocksPerStage = 2;

    /// <inheritdoc/>
    public override ParameterLayout Layout => new(
    [
        .. Convolved("stem", Channels, Width, 3),
        .. Blocks().SelectMany(block => new[]
        {
            Convolved($"{block.Name}.1", block.In, block.Out, 3),
            Convolved($"{block.Name}.2", block.Out, block.Out, 3),
            block.In == block.Out ? [] : Convolved($"{block.Name}.shortcut", block.In, block.Out, 1),
        }).SelectMany(parameters => parameters),
        Parameter.Zeros("linear.weight", Classes, Width << (Stages - 1)),
        Parameter.Zeros("linear.bias", Classes),
    ]);

    /// <summary>Computes outputs [n,classes] of images [n,channels,side,side].</summary>
    public override Value Outputs(Queue<Value> parameters, Tensor inputs)
    {
        if (Width % Groups != 0)
            throw new ArgumentException($"the width is {Width}; it must be a multiple of {Groups}, the number of groups", nameof(inputs));
        Convolution.CheckImages(Channels);
        Convolution.CheckChannels(Width, nameof(Width));
        var h = Activation.Of(Normed(Value.Constant(inputs), 1));
        foreach (var block in Blocks())
        {
            var inner = Normed(Activation.Of(Normed(h, block.Stride)), 1);
            h = Activation.Of(inner + (block.In == block.Out ? h : Normed(h, block.Stride)));
        }
        return h.ColumnMean().Dense(parameters.Dequeue(), parameters.Dequeue());

        Value Normed(Value images, int stride) =>
            images.Convolve(parameters.Dequeue(), stride).GroupNorm(Groups, parameters.Dequeue(), parameters.Dequeue());
    }

    /// <inheritdoc/>
    public override Tensor Outputs(Tensor theta, Tensor inputs) =>
        Convolution.OnPaddedBatch(inputs, padded => base.Outputs(theta, padded));

    private static Parameter[] Convolved(string name, int inputs, int outputs, int kernel) =>
    [
        Parameter.Weight($"{name}.conv.weight", outputs, inputs, kernel, kernel),
        Parameter.Ones($"{name}.norm.weight", outputs),
        Parameter.Zeros($"{name}.norm.bias", outputs),
    ];

    private IEnumerable<(string Name, int In, int Out, int Stride)> Blocks()
    {
        for (var stage = 0; stage < Stages; stage++)
        {
            for (var block = 0; block < BlocksPerStage; block++)
            {
                var narrows = stage > 0 && block == 0;
                var inputs = Width << (narrows ? stage - 1 : stage);
                yield return ($"stage{stage + 1}.block{block + 1}", inputs, Width << stage, narrows ? 2 : 1);
            }
        }
    }
}
