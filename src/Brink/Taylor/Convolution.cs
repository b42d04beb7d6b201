using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>A convolution's weights [filters,channels,side,side] as the convolution reads them.</summary>
/// <remarks>Twice: by [row,column,channel,filter] for the values and the gradient of the weights, and turned by half a
/// circle, by [row,column,filter,channel], for the adjoint of the images. Of the adjoint only the first is
/// used.</remarks>
internal sealed record PackedKernel : Linear
{
    internal override long Stored(IReadOnlyList<long> shape) => 2 * base.Stored(shape);

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0] is { IsImages: true } w && w.Shape[2] == w.Shape[3] && w.Shape[2] % 2 == 1
            ? w.Shape
            : throw Unfit("convolution of weights", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0];

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (filters, channels, taps) = Of(x);
        var turned = y.Data + x.Size;
        for (var f = 0; f < filters; f++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var tap = 0; tap < taps; tap++)
                {
                    var w = x.Data[(((f * channels) + c) * taps) + tap];
                    y.Data[(((tap * channels) + c) * filters) + f] = w;
                    turned[((((taps - 1 - tap) * filters) + f) * channels) + c] = w;
                }
            }
        }
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (filters, channels, taps) = Of(x);
        for (var f = 0; f < filters; f++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var tap = 0; tap < taps; tap++)
                {
                    var to = x.Data + (((f * channels) + c) * taps) + tap;
                    var w = y.Data[(((tap * channels) + c) * filters) + f];
                    *to = accumulate ? *to + w : w;
                }
            }
        }
    }

    private static (int Filters, int Channels, int Taps) Of<T>(Block<T> w)
        where T : unmanaged => ((int)w.Shape[0], (int)w.Shape[1], (int)(w.Shape[2] * w.Shape[3]));
}

/// <summary>The convolution of images [n,c,h,w] with packed weights, padded by half of its odd side, without
/// bias.</summary>
/// <remarks>No patches are made: in images whose channels lie innermost, the inputs of a row of the kernel lie side by side, and
/// a row of outputs is a matrix product of overlapping rows (<see cref="TileProduct"/>). The adjoint of the images is the
/// convolution of the adjoint with the turned weights, that of the weights the product summed over
/// pixels.</remarks>
internal sealed record Convolution(int Stride) : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var (x, w) = (operands[0].Shape, operands[1].Shape);
        if (x.Count != 4 || w.Count != 4 || x[1] != w[1]) throw Unfit("convolution", operands);
        return [x[0], w[0], ((x[2] - 1) / Stride) + 1, ((x[3] - 1) / Stride) + 1];
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var padding = operands[1].shape[2] / 2;
        return nn.functional.conv2d(operands[0], operands[1], strides: [Stride, Stride], padding: [padding, padding]);
    }

    internal override unsafe void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate)
    {
        var (from, to, side) = (Images.Of(x), Images.Of(y), (int)w.Shape[2]);
        Convolve(work, Padded(work, x.Data, from, side / 2, 1), from.Padded(side / 2), w.Data, y.Data, to, side, Stride, accumulate);
    }

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate)
    {
        var (to, from, side) = (Images.Of(x), Images.Of(y), (int)w.Shape[2]);
        // Pixels of the adjoint Stride apart, zeros between them.
        var spread = to with { Channels = from.Channels };
        var turned = w.Data + w.Size;
        Convolve(work, Padded(work, y.Data, from, spread, side / 2, Stride), spread.Padded(side / 2), turned, x.Data, to, side, 1, accumulate);
    }

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate)
    {
        var (from, to, side) = (Images.Of(x), Images.Of(y), (int)w.Shape[2]);
        var padded = Padded(work, x.Data, from, side / 2, 1);
        var wide = from.Padded(side / 2);
        var (channels, filters, pitch) = (from.Channels, to.Channels, wide.Width * from.Channels);
        var product = new TileProduct(
            side * channels, filters, to.Height, to.Width,
            new(1, Stride * pitch, Stride * channels), new(to.Width * filters, filters), filters);
        for (var n = 0; n < from.Count; n++)
        {
            for (var row = 0; row < side; row++)
            {
                work.Passes.Product(
                    product,
                    padded + (n * wide.Pixels * channels) + ((long)row * pitch),
                    y.Data + (n * to.Pixels * filters),
                    w.Data + ((long)row * side * channels * filters),
                    accumulate || n > 0);
            }
        }
    }

    private static unsafe void Convolve<T>(
        Work<T> work, T* padded, Images wide, T* w, T* y, Images to, int side, int stride, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (channels, filters, pitch) = (wide.Channels, to.Channels, wide.Width * wide.Channels);
        var product = new TileProduct(
            to.Width, filters, side, side * channels,
            new(stride * channels, pitch, 1), new(side * channels * filters, filters), filters);
        for (var n = 0; n < to.Count; n++)
        {
            for (var row = 0; row < to.Height; row++)
            {
                work.Passes.Product(
                    product,
                    padded + (n * wide.Pixels * channels) + ((long)row * stride * pitch),
                    w,
                    y + (((n * to.Pixels) + ((long)row * to.Width)) * filters),
                    accumulate);
            }
        }
    }

    private static unsafe T* Padded<T>(Work<T> work, T* x, Images from, int border, int apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Padded(work, x, from, from, border, apart);

    /// <summary>Images with a border of zeros, their pixels so far apart in images of another size.</summary>
    private static unsafe T* Padded<T>(Work<T> work, T* x, Images from, Images spread, int border, int apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (border == 0 && apart == 1) return x;
        var wide = spread.Padded(border);
        var length = wide.Count * wide.Pixels * wide.Channels;
        var padded = work.Scratch.Take<T>(length);
        NativeMemory.Clear(padded, (nuint)(length * sizeof(T)));
        var run = apart == 1 ? from.Width * from.Channels : from.Channels;
        for (var n = 0; n < from.Count; n++)
        {
            for (var row = 0; row < from.Height; row++)
            {
                var to = padded + (((n * wide.Pixels) + ((((long)row * apart) + border) * wide.Width) + border) * wide.Channels);
                for (var i = 0; i < from.Width * from.Channels; i += run, x += run, to += (long)run * apart)
                    Buffer.MemoryCopy(x, to, run * sizeof(T), run * sizeof(T));
            }
        }
        return padded;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Images(long Count, int Height, int Width, int Channels)
    {
        public long Pixels => (long)Height * Width;

        public static Images Of<T>(Block<T> block)
            where T : unmanaged =>
            new(block.Shape[0], (int)block.Shape[2], (int)block.Shape[3], (int)block.Shape[1]);

        public Images Padded(int border) => this with { Height = Height + (2 * border), Width = Width + (2 * border) };
    }
}
