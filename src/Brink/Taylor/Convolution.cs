using System.Numerics;
using System.Runtime.InteropServices;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>A convolution's weights [filters,channels,height,width] in the layouts that the convolution reads.</summary>
/// <remarks>Two copies: by [row,column,channel,filter] for the values and the gradient of the weights, and turned by 180
/// degrees, by [row,column,filter,channel], for the adjoint of the images. The adjoint of the weights uses only the first
/// layout.</remarks>
/// <param name="Shape">Shape of the weights, whose elements are in row-major order.</param>
internal sealed record PackedKernel(Sizes Shape) : Linear
{
    internal override long Stored(IReadOnlyList<long> shape) => 2 * base.Stored(shape);

    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        Shape.Values.Count == 4 && operands[0].Size == Shape.Product
            ? Shape.Values
            : throw ShapeMismatch("convolution of weights", operands);

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0].reshape([.. Shape.Values]);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (filters, channels, taps) = Layout;
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
        var (filters, channels, taps) = Layout;
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

    private (int Filters, int Channels, int Taps) Layout =>
        ((int)Shape.Values[0], (int)Shape.Values[1], (int)(Shape.Values[2] * Shape.Values[3]));
}

/// <summary>The convolution of images [n,c,h,w] with packed weights [filters,c,height,width], without bias.</summary>
/// <remarks>No patches are made: in images whose channels are innermost, the inputs of a kernel row are adjacent, and the
/// outputs are a matrix product of overlapping rows (<see cref="TileProduct"/>). The adjoint of the images is the convolution
/// of the outputs' adjoint with the turned weights; the adjoint of the weights is the product summed over pixels. Tables hold
/// the places of pixels, so that a product runs over all images of a tile.</remarks>
/// <param name="Shape">Strides, borders of zeros and dilations.</param>
internal sealed record Convolution(ConvolutionShape Shape) : Bilinear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var (x, w) = (operands[0].Shape, operands[1].Shape);
        if (x.Count != 4 || w.Count != 4 || x[1] != w[1]) throw ShapeMismatch("convolution", operands);
        var (height, width) = (Shape.Rows.Outputs(x[2], w[2]), Shape.Columns.Outputs(x[3], w[3]));
        return height > 0 && width > 0 ? [x[0], w[0], height, width] : throw ShapeMismatch("convolution", operands);
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands)
    {
        var (rows, columns) = (Shape.Rows, Shape.Columns);
        var x = operands[0];
        long[] padding = [rows.Before, columns.Before];
        if (rows.Before != rows.After || columns.Before != columns.After)
        {
            x = nn.functional.pad(x, [columns.Before, columns.After, rows.Before, rows.After]);
            padding = [0, 0];
        }
        return nn.functional.conv2d(
            x, operands[1], strides: [rows.Stride, columns.Stride], padding: padding, dilation: [rows.Dilation, columns.Dilation]);
    }

    internal override unsafe void Apply<T>(Work<T> work, Block<T> x, Block<T> w, Block<T> y, bool accumulate)
    {
        var (from, to, kernel) = (Images.Of(x), Images.Of(y), Kernel.Of(w));
        var (rows, columns) = (Shape.Rows, Shape.Columns);
        var border = new Border(rows.Before, rows.After, columns.Before, columns.After);
        var wide = from.Within(border);
        var pixels = Pixels(work.Scratch, wide, (rows.Stride, columns.Stride), to, (0, 0), (1, 1));
        // The taps of a kernel's row are one segment where their pixels are adjacent.
        var length = columns.Dilation == 1 ? kernel.Width : 1;
        var depth = length * from.Channels;
        var segments = new Table(work.Scratch, kernel.Taps);
        for (var i = 0; i < kernel.Height; i++)
            for (var j = 0; j < kernel.Width; j += length)
                segments.Add(wide.At(0, i * rows.Dilation, j * columns.Dilation), ((i * kernel.Width) + j) * from.Channels * to.Channels);
        work.Passes.Product(
            new(pixels.Rows, to.Channels, segments.Segments, depth, 1, to.Channels),
            Padded(work, x.Data, from, wide, border), w.Data, y.Data, accumulate);
    }

    internal override unsafe void TransposeLeft<T>(Work<T> work, Block<T> y, Block<T> w, Block<T> x, bool accumulate)
    {
        var (to, from, kernel) = (Images.Of(x), Images.Of(y), Kernel.Of(w));
        var (rows, columns) = (Shape.Rows, Shape.Columns);
        var (above, below) = rows.AdjointBorder(to.Height, kernel.Height, from.Height);
        var (left, right) = columns.AdjointBorder(to.Width, kernel.Width, from.Width);
        var border = new Border(above, below, left, right);
        var wide = from.Within(border);
        var adjoint = Padded(work, y.Data, from, wide, border);
        var turned = w.Data + w.Size;
        for (var down = 0; down < rows.Stride; down++)
        {
            for (var across = 0; across < columns.Stride; across++)
            {
                var pixels = Pixels(work.Scratch, wide, (1, 1), to, (down, across), (rows.Stride, columns.Stride));
                var (segments, depth) = OverlappingTaps(work.Scratch, wide, border, kernel, (down, across), to.Channels);
                if (pixels.IsEmpty) continue;
                work.Passes.Product(
                    new(pixels.Rows, to.Channels, segments.Segments, depth, 1, to.Channels), adjoint, turned, x.Data, accumulate);
            }
        }
    }

    internal override unsafe void TransposeRight<T>(Work<T> work, Block<T> x, Block<T> y, Block<T> w, bool accumulate)
    {
        var (from, to, kernel) = (Images.Of(x), Images.Of(y), Kernel.Of(w));
        var (rows, columns) = (Shape.Rows, Shape.Columns);
        var border = new Border(rows.Before, rows.After, columns.Before, columns.After);
        var wide = from.Within(border);
        var filters = to.Channels;
        var taps = new Table(work.Scratch, kernel.Taps * from.Channels);
        var place = 0;
        for (var i = 0; i < kernel.Height; i++)
            for (var j = 0; j < kernel.Width; j++)
                for (var c = 0; c < from.Channels; c++, place += filters)
                    taps.Add(wide.At(0, i * rows.Dilation, j * columns.Dilation) + c, place);
        // A row of pixels is a segment.
        var segments = new Table(work.Scratch, to.Count * to.Height);
        for (var n = 0; n < to.Count; n++)
            for (var row = 0; row < to.Height; row++) segments.Add(wide.At(n, row * rows.Stride, 0), to.At(n, row, 0));
        work.Passes.Product(
            new(taps.Rows, filters, segments.Segments, to.Width, columns.Stride * from.Channels, filters),
            Padded(work, x.Data, from, wide, border), y.Data, w.Data, accumulate);
    }

    /// <summary>The elements of the turned kernel that meet the image pixels of one remainder by the strides, and their places
    /// in the adjoint. Elements of a row form one segment if all are met.</summary>
    private (Table Segments, int Depth) OverlappingTaps(
        Scratch scratch, Images wide, Border border, Kernel kernel, (int Row, int Column) remainder, int channels)
    {
        var (rows, columns, filters) = (Shape.Rows, Shape.Columns, wide.Channels);
        var length = columns is { Stride: 1, Dilation: 1 } ? kernel.Width : 1;
        var segments = new Table(scratch, kernel.Taps);
        for (var i = 0; i < kernel.Height; i++)
        {
            for (var j = 0; j < kernel.Width; j += length)
            {
                var above = rows.AdjointPlace(remainder.Row, i, kernel.Height);
                var before = columns.AdjointPlace(remainder.Column, j, kernel.Width);
                if (above % rows.Stride == 0 && before % columns.Stride == 0)
                {
                    segments.Add(
                        wide.At(0, (above / rows.Stride) + border.Above, (before / columns.Stride) + border.Left),
                        ((i * kernel.Width) + j) * filters * channels);
                }
            }
        }
        return (segments, length * filters);
    }

    /// <summary>The places of pixels in the left factor and in the result, at the given strides.</summary>
    private static Table Pixels(
        Scratch scratch,
        Images left,
        (int Row, int Column) leftStride,
        Images result,
        (int Row, int Column) first,
        (int Row, int Column) stride)
    {
        var table = new Table(scratch, result.Count * result.Pixels);
        for (var n = 0; n < result.Count; n++)
        {
            for (int i = first.Row, row = 0; i < result.Height; i += stride.Row, row += leftStride.Row)
            {
                var (from, to) = (left.At(n, row, 0), result.At(n, i, 0));
                for (int j = first.Column, column = 0; j < result.Width; j += stride.Column, column += leftStride.Column)
                    table.Add(from + (column * left.Channels), to + (j * result.Channels));
            }
        }
        return table;
    }

    /// <summary>Returns the images with a border of zeros.</summary>
    private static unsafe T* Padded<T>(Work<T> work, T* x, Images from, Images wide, Border border)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (wide == from) return x;
        var padded = work.Scratch.Take<T>(wide.Size);
        var run = from.Width * from.Channels;
        // Between the end of a row and the beginning of the next are the borders of both.
        long end = 0;
        for (var n = 0; n < from.Count; n++)
        {
            for (var row = 0; row < from.Height; row++, x += run)
            {
                var start = wide.At(n, row + border.Above, border.Left);
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

        public Images Within(Border border) =>
            this with { Height = Height + border.Above + border.Below, Width = Width + border.Left + border.Right };

        /// <summary>The element at which a pixel begins.</summary>
        /// <exception cref="OverflowException">A tile has more than 2^31 elements.</exception>
        public int At(int n, int row, int column) => checked(((((n * Height) + row) * Width) + column) * Channels);
    }

    /// <summary>Rows and columns of zeros around images.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Border(int Above, int Below, int Left, int Right);

    /// <summary>The size of a kernel in pixels.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Kernel(int Height, int Width)
    {
        public int Taps => Height * Width;

        public static Kernel Of<T>(Block<T> w)
            where T : unmanaged => new((int)w.Shape[2], (int)w.Shape[3]);
    }

    /// <summary>Places in the left factor and in another array.</summary>
    [StructLayout(LayoutKind.Auto)]
    private unsafe struct Table(Scratch scratch, int most)
    {
        private readonly int* _left = scratch.Take<int>(most), _other = scratch.Take<int>(most);
        private int _count;

        public readonly bool IsEmpty => _count == 0;

        public readonly TileRows Rows => new(_left, _other, _count);

        public readonly TileSegments Segments => new(_left, _other, _count);

        public void Add(int left, int other)
        {
            _left[_count] = left;
            _other[_count++] = other;
        }
    }
}
