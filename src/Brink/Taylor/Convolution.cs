using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>A convolution's weights [filters,channels,side,side] in the layouts that the convolution reads.</summary>
/// <remarks>Two copies: by [row,column,channel,filter] for the values and the gradient of the weights, and turned by 180
/// degrees, by [row,column,filter,channel], for the adjoint of the images. The adjoint of the weights uses only the first
/// layout.</remarks>
internal sealed record PackedKernel : Linear
{
    internal override long Stored(IReadOnlyList<long> shape) => 2 * base.Stored(shape);

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        operands[0] is { IsImages: true } w && w.Shape[2] == w.Shape[3] && w.Shape[2] % 2 == 1
            ? w.Shape
            : throw ShapeMismatch("convolution of weights", operands);

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

/// <summary>The convolution of images [n,c,h,w] with packed weights, padded by half the kernel's odd side, without
/// bias.</summary>
/// <remarks>No patches are made: in images whose channels are innermost, the inputs of a kernel row are adjacent, and the
/// outputs are a matrix product of overlapping rows (<see cref="TileProduct"/>). The adjoint of the images is the convolution
/// of the outputs' adjoint with the turned weights; the adjoint of the weights is the product summed over pixels. Tables hold
/// the places of pixels, so that a product runs over all images of a tile.</remarks>
internal sealed record Convolution(int Stride) : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var (x, w) = (operands[0].Shape, operands[1].Shape);
        if (x.Count != 4 || w.Count != 4 || x[1] != w[1]) throw ShapeMismatch("convolution", operands);
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
        var wide = from.Padded(side / 2);
        var rows = Pixels(work.Scratch, wide, Stride, to, (0, 0), 1);
        // A row of the kernel is a segment.
        var segments = new Table(work.Scratch, side);
        var depth = side * from.Channels;
        for (var row = 0; row < side; row++) segments.Add(wide.At(0, row, 0), row * depth * to.Channels);
        work.Passes.Product(
            new(rows.Rows, to.Channels, segments.Segments, depth, 1, to.Channels),
            Padded(work, x.Data, from, wide), w.Data, y.Data, accumulate);
    }

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate)
    {
        var (to, from, side) = (Images.Of(x), Images.Of(y), (int)w.Shape[2]);
        var wide = from.Padded(side / 2);
        var adjoint = Padded(work, y.Data, from, wide);
        var turned = w.Data + w.Size;
        for (var down = 0; down < Stride; down++)
        {
            for (var right = 0; right < Stride; right++)
            {
                var rows = Pixels(work.Scratch, wide, 1, to, (down, right), Stride);
                var (segments, depth) = OverlappingTaps(work.Scratch, wide, side, (down, right), to.Channels);
                work.Passes.Product(
                    new(rows.Rows, to.Channels, segments.Segments, depth, 1, to.Channels), adjoint, turned, x.Data, accumulate);
            }
        }
    }

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate)
    {
        var (from, to, side) = (Images.Of(x), Images.Of(y), (int)w.Shape[2]);
        var wide = from.Padded(side / 2);
        var (depth, filters) = (side * from.Channels, to.Channels);
        var rows = new Table(work.Scratch, side * depth);
        for (var row = 0; row < side; row++)
            for (var i = 0; i < depth; i++) rows.Add(wide.At(0, row, 0) + i, ((row * depth) + i) * filters);
        // A row of pixels is a segment.
        var segments = new Table(work.Scratch, to.Count * to.Height);
        for (var n = 0; n < to.Count; n++)
            for (var row = 0; row < to.Height; row++) segments.Add(wide.At(n, row * Stride, 0), to.At(n, row, 0));
        work.Passes.Product(
            new(rows.Rows, filters, segments.Segments, to.Width, Stride * from.Channels, filters),
            Padded(work, x.Data, from, wide), y.Data, w.Data, accumulate);
    }

    /// <summary>The elements of the turned kernel that meet the image pixels of one remainder by the stride, and their places
    /// in the adjoint. Elements of a row form one segment if all are met.</summary>
    private (Table Segments, int Depth) OverlappingTaps(
        Scratch scratch, Images wide, int side, (int Row, int Column) remainder, int channels)
    {
        var (border, length, filters) = (side / 2, Stride == 1 ? side : 1, wide.Channels);
        var segments = new Table(scratch, side * side);
        for (var i = 0; i < side; i++)
        {
            for (var j = 0; j < side; j += length)
            {
                var (above, before) = (remainder.Row - border + i, remainder.Column - border + j);
                if (above % Stride == 0 && before % Stride == 0)
                    segments.Add(wide.At(0, (above / Stride) + border, (before / Stride) + border), ((i * side) + j) * filters * channels);
            }
        }
        return (segments, length * filters);
    }

    /// <summary>The places of pixels in the left factor and in the result, at the given strides.</summary>
    private static Table Pixels(Scratch scratch, Images left, int leftStride, Images result, (int Row, int Column) first, int stride)
    {
        var table = new Table(scratch, result.Count * result.Pixels);
        for (var n = 0; n < result.Count; n++)
        {
            for (int i = first.Row, row = 0; i < result.Height; i += stride, row += leftStride)
            {
                var (from, to) = (left.At(n, row, 0), result.At(n, i, 0));
                for (int j = first.Column, column = 0; j < result.Width; j += stride, column += leftStride)
                    table.Add(from + (column * left.Channels), to + (j * result.Channels));
            }
        }
        return table;
    }

    /// <summary>Returns the images with a border of zeros.</summary>
    private static unsafe T* Padded<T>(Work<T> work, T* x, Images from, Images wide)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (wide == from) return x;
        var padded = work.Scratch.Take<T>(wide.Size);
        var (border, run) = ((wide.Width - from.Width) / 2, from.Width * from.Channels);
        // Between the end of a row and the beginning of the next are two borders.
        long end = 0;
        for (var n = 0; n < from.Count; n++)
        {
            for (var row = 0; row < from.Height; row++, x += run)
            {
                var start = wide.At(n, row + border, border);
                NativeMemory.Clear(padded + end, (nuint)((start - end) * sizeof(T)));
                Buffer.MemoryCopy(x, padded + start, run * sizeof(T), run * sizeof(T));
                end = start + run;
            }
        }
        NativeMemory.Clear(padded + end, (nuint)((wide.Size - end) * sizeof(T)));
        return padded;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Images(int Count, int Height, int Width, int Channels)
    {
        public int Pixels => Height * Width;

        public long Size => (long)Count * Pixels * Channels;

        public static Images Of<T>(Block<T> block)
            where T : unmanaged =>
            new((int)block.Shape[0], (int)block.Shape[2], (int)block.Shape[3], (int)block.Shape[1]);

        public Images Padded(int border) => this with { Height = Height + (2 * border), Width = Width + (2 * border) };

        /// <summary>The element at which a pixel begins.</summary>
        /// <exception cref="OverflowException">A tile has more than 2^31 elements.</exception>
        public int At(int n, int row, int column) => checked(((((n * Height) + row) * Width) + column) * Channels);
    }

    /// <summary>Places in the left factor and in another array.</summary>
    [StructLayout(LayoutKind.Auto)]
    private unsafe struct Table(Scratch scratch, int most)
    {
        private readonly int* _left = scratch.Take<int>(most), _other = scratch.Take<int>(most);
        private int _count;

        public readonly TileRows Rows => new(_left, _other, _count);

        public readonly TileSegments Segments => new(_left, _other, _count);

        public void Add(int left, int other)
        {
            _left[_count] = left;
            _other[_count++] = other;
        }
    }
}
