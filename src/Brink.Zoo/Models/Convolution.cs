namespace Brink.Zoo.Models;

/// <summary>Two-dimensional convolution as libtorch computes it rightly.</summary>
/// <remarks>float32 conv2d is silently wrong on some processors for many numbers of input channels, 4 and 17
/// among them, and so is its double backward for such batches, since that takes the batch as channels
/// (<c>brink doctor</c>
/// shows it). Multiples of 16 are right, and the one or three channels of an image. Hidden channels are
/// therefore multiples of 16, and the batch is padded to one: zero images whose outputs are dropped add
/// nothing to any derivative.</remarks>
internal static class Convolution
{
    private const int Multiple = 16;

    /// <summary>Inputs [n,...] to outputs of as many rows, by way of a batch that is a multiple of
    /// 16.</summary>
    public static Tensor OnPaddedBatch(Tensor inputs, Func<Tensor, Tensor> outputs)
    {
        var n = inputs.shape[0];
        var missing = (Multiple - (n % Multiple)) % Multiple;
        if (missing == 0) return outputs(inputs);
        var padding = zeros([missing, .. inputs.shape[1..]], dtype: inputs.dtype);
        return outputs(cat([inputs, padding])).narrow(0, 0, n);
    }

    /// <exception cref="ArgumentException">Images with a number of channels that float32 convolution may get
    /// wrong.</exception>
    public static void CheckImages(int channels)
    {
        if (channels is not (1 or 3) && channels % Multiple != 0)
            throw new ArgumentException($"images of {channels} channels; 1, 3 or a multiple of {Multiple} are possible", nameof(channels));
    }

    /// <exception cref="ArgumentException">Hidden channels that float32 convolution may get
    /// wrong.</exception>
    public static void CheckChannels(int channels, string name)
    {
        if (channels < 1 || channels % Multiple != 0)
            throw new ArgumentException($"{name}: {channels}; it must be a multiple of {Multiple}", name);
    }
}
