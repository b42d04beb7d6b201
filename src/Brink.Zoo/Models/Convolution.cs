namespace Brink.Zoo.Models;

/// <summary>Restricts two-dimensional convolution to the sizes that libtorch computes correctly.</summary>
/// <remarks>On some processors float32 conv2d is silently wrong for many numbers of input channels, such as 4 and 17. Its
/// double backward is wrong for batches of such sizes, since it treats the batch as channels (<c>brink doctor</c> shows it).
/// Multiples of 16 are correct, and so are the one or three channels of an image. Hidden channels are therefore multiples of
/// 16, and the batch is padded to such a multiple: zero images whose outputs are dropped contribute nothing to any
/// derivative.</remarks>
internal static class Convolution
{
    private const int Multiple = 16;

    /// <summary>Maps inputs [n,...] to n rows of outputs, by a batch whose size is a multiple of 16.</summary>
    public static Tensor OnPaddedBatch(Tensor inputs, Func<Tensor, Tensor> outputs)
    {
        var n = inputs.shape[0];
        var missing = (Multiple - (n % Multiple)) % Multiple;
        if (missing == 0) return outputs(inputs);
        var padding = zeros([missing, .. inputs.shape[1..]], dtype: inputs.dtype);
        return outputs(cat([inputs, padding])).narrow(0, 0, n);
    }

    /// <exception cref="ArgumentException">float32 convolution may be wrong for images with this number of channels.</exception>
    public static void CheckImages(int channels)
    {
        if (channels is not (1 or 3) && channels % Multiple != 0)
            throw new ArgumentException($"the images have {channels} channels; use 1, 3 or a multiple of {Multiple}", nameof(channels));
    }

    /// <exception cref="ArgumentException">float32 convolution may be wrong for this number of hidden channels.</exception>
    public static void CheckChannels(int channels, string name)
    {
        if (channels < 1 || channels % Multiple != 0)
            throw new ArgumentException($"{name} is {channels}; it must be a positive multiple of {Multiple}", name);
    }
}
