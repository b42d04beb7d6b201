using System.Numerics;
using Brink.Kernels;

namespace Brink.Taylor;

/// <summary>The mean over square windows of pixels.</summary>
internal sealed record AveragePool(int Side) : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands)
    {
        var shape = operands[0].Shape;
        return operands[0].IsImages && shape[2] % Side == 0 && shape[3] % Side == 0
            ? [shape[0], shape[1], shape[2] / Side, shape[3] / Side]
            : throw ShapeMismatch($"pooling by {Side}", operands);
    }

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => nn.functional.avg_pool2d(operands[0], Side);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate) =>
        work.Passes.Pool(Of(x), x.Data, y.Data, accumulate);

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate) =>
        work.Passes.Unpool(Of(x), y.Data, x.Data, accumulate);

    private PoolShape Of<T>(Block<T> images)
        where T : unmanaged =>
        new((int)images.Shape[0], (int)images.Shape[2], (int)images.Shape[3], (int)images.Shape[1], Side);
}

/// <summary>Images [n,c,h,w] as rows [n,c h w], channel by channel; in the engine's memory channels are innermost.</summary>
internal sealed record Flattened : Linear
{
    internal override IReadOnlyList<long> ShapeOf(IReadOnlyList<Value> operands) =>
        [operands[0].Shape[0], operands[0].Size / operands[0].Shape[0]];

    internal override Tensor Torch(IReadOnlyList<Tensor> operands) => operands[0].flatten(1);

    internal override unsafe void Apply<T>(Work<T> work, int k, int order, Block<T> x, Block<T> y, bool accumulate)
    {
        var (n, channels, pixels) = Of(x);
        for (long image = 0; image < n; image++)
        {
            var (from, to) = ((nint)(x.Data + (image * channels * pixels)), (nint)(y.Data + (image * channels * pixels)));
            for (var pixel = 0; pixel < pixels; pixel++)
                for (var c = 0; c < channels; c++)
                    Put((T*)to + ((long)c * pixels) + pixel, ((T*)from)[((long)pixel * channels) + c], accumulate);
        }
    }

    internal override unsafe void Transpose<T>(Work<T> work, int k, Block<T> y, Block<T> x, bool accumulate)
    {
        var (n, channels, pixels) = Of(x);
        for (long image = 0; image < n; image++)
        {
            var (from, to) = ((nint)(y.Data + (image * channels * pixels)), (nint)(x.Data + (image * channels * pixels)));
            for (var pixel = 0; pixel < pixels; pixel++)
                for (var c = 0; c < channels; c++)
                    Put((T*)to + ((long)pixel * channels) + c, ((T*)from)[((long)c * pixels) + pixel], accumulate);
        }
    }

    private static (long Images, int Channels, int Pixels) Of<T>(Block<T> x)
        where T : unmanaged => x.Shape.Count == 4
            ? (x.Shape[0], (int)x.Shape[1], (int)(x.Shape[2] * x.Shape[3]))
            : (x.Shape[0], 1, (int)(x.Size / x.Shape[0]));

    private static unsafe void Put<T>(T* to, T number, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => *to = accumulate ? *to + number : number;
}
