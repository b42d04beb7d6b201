using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Tests.Taylor;

/// <summary>Each primitive, all elementwise functions among them, and each composition alone, between parameters and a squared
/// error.</summary>
public sealed class PrimitiveTests
{
    private const int N = 3;

    private static readonly Dictionary<string, Func<Source, Value>> Cases = new(StringComparer.Ordinal)
    {
        ["dense"] = s => s.Rows(4).Dense(s.Parameter(5, 4), s.Parameter(5)),
        ["dense of sequences"] = s => s.Sequences(6, 4).Dense(s.Parameter(5, 4), s.Parameter(5)).Tanh(),
        ["inverse root"] = s => s.Moving(7).Softplus().InverseRoot(0.3),
        ["product and sum"] = s => (s.Moving(7) * s.Moving(7)) + s.Moving(7),
        ["square"] = s => s.Moving(7) is var x ? x * x : x,
        ["difference and multiple"] = s => s.Moving(7) - (2.5 * s.Moving(7).Tanh()),
        ["softmax"] = s => s.Moving(7).Softmax(),
        ["log softmax"] = s => s.Moving(7).LogSoftmax(),
        ["layer norm"] = s => s.MovingSequences(4, 6).LayerNorm(s.Parameter(6), s.Parameter(6), 1e-5),
        ["embedding"] = s => s.Parameter(9, 4).Embed(s.Tokens(5, 9)).Tanh(),
        ["first rows"] = s => s.MovingSequences(4, 3).Reshape(N, 12).AddColumns(s.Parameter(7, 3).FirstRows(4).Reshape(12)).Tanh(),
        ["scaled rows"] = s => s.MovingSequences(4, 3).ScaleRows(s.MovingSequences(4, 5).RowSum()),
        ["column mean of sequences"] = s => s.MovingSequences(4, 3).Tanh().ColumnMean(),
        ["attention"] = s => s.MovingSequences(5, 12).Attention(2, Value.Constant(zeros([N * 2, 5], dtype: s.Precision))),
        ["scaled columns by sample"] = s => s.MovingSequences(4, 3).ScaleColumns(s.Moving(3)),
        ["convolution"] = s => s.Images(3, 6).Convolve(s.Parameter(16, 3, 3, 3)).Tanh().Flatten(),
        ["second convolution"] = s => s.MovingImages(16, 6).Convolve(s.Parameter(16, 16, 3, 3)).Flatten(),
        ["convolution by two"] = s => s.MovingImages(16, 8).Convolve(s.Parameter(32, 16, 3, 3), 2).Flatten(),
        ["convolution of one pixel"] = s => s.MovingImages(16, 4).Convolve(s.Parameter(20, 16, 1, 1)).Flatten(),
        ["convolution of one pixel by two"] = s => s.MovingImages(16, 4).Convolve(s.Parameter(5, 16, 1, 1), 2).Flatten(),
        ["convolution of many channels"] = s => s.MovingImages(140, 4).Convolve(s.Parameter(9, 140, 3, 3)).Flatten(),
        ["convolution by three"] = s => s.MovingImages(4, 8).Convolve(s.Parameter(6, 4, 5, 5), 3).Flatten(),
        ["odd image convolved by two"] = s => s.MovingImages(3, 7).Convolve(s.Parameter(7, 3, 3, 3), 2).Flatten(),
        ["pooling"] = s => s.MovingImages(3, 6).AveragePool(2).Tanh().Flatten(),
        ["group norm"] = s => s.MovingImages(6, 4).GroupNorm(3, s.Parameter(6), s.Parameter(6)).Flatten(),
        ["transposition"] = s => s.MovingSequences(4, 5).Rearrange([N, 5, 4], [N, 5, 4], (0, [20, 1, 5]), (0, [20, 4, 1])).Tanh(),
        ["transposition of many rows"] = s => s.Moving(40).Rearrange([40, N], [40, N], (0, [1, 40]), (0, [N, 1])).Reshape(N, 40).Tanh(),
        ["slice backward"] = s => s.Moving(9).Rearrange([N, 4], [N, 4], (8, [9, -2]), (0, [4, 1])).Tanh(),
        ["repetition"] = s => s.Moving(5).Rearrange([N, 3, 5], [N, 3, 5], (0, [5, 0, 1]), (0, [15, 5, 1])).Tanh(),
        ["sum along the middle"] = s => s.MovingSequences(4, 5).Rearrange([N, 5], [N, 4, 5], (0, [20, 5, 1]), (0, [5, 0, 1])).Tanh(),
        ["sum of the last"] = s => s.MovingSequences(4, 5).Rearrange([N, 4], [N, 4, 5], (0, [20, 5, 1]), (0, [4, 1, 0])).Tanh(),
        ["border of a number"] = s => s.Moving(5).Rearrange([N, 8], [N, 5], (0, [5, 1]), (2, [8, 1]), 1.5).Tanh(),
        ["images as rows of pixels"] = s => s.MovingImages(3, 4).Rearrange([N, 48], [N, 16, 3], (0, [48, 3, 1]), (0, [48, 1, 16])).Tanh(),
        ["rows as images"] = s => s.Moving(48).Reshape(N, 3, 4, 4).Convolve(s.Parameter(2, 3, 3, 3)).Tanh().Flatten(),
        ["overlapping patches"] = s => s.MovingImages(2, 5)
            .Rearrange([N, 9, 18], [N, 3, 3, 3, 3, 2], (0, [50, 10, 2, 10, 2, 1]), (0, [162, 54, 18, 6, 2, 1])).Tanh(),
        ["side by side"] = s => Layers.Join(N, s.Moving(3), s.Rows(2), s.Moving(4)).Tanh(),
        ["selection by numbers"] = s => s.MovingSequences(4, 5).Gather([3, 1, 1, 0], N, 4, 5).Tanh(),
        ["mask"] = s => s.Moving(4).Where([true, false, true, true, false, false, true, true, true, true, false, true]).Tanh(),
        ["largest of rows"] = s => s.MovingSequences(4, 5).LargestOf([N, 4], [N, 4], (0, [20, 5]), [5], [1]).Tanh(),
        ["largest of windows"] = s => s.MovingImages(3, 5)
            .LargestOf([N, 3, 2, 2], [N, 2, 2, 3], (0, [75, 30, 6, 1]), [3, 3], [15, 3]).Tanh().Flatten(),
        ["convolution without border"] = s => s.Convolved(5, [7, 3, 2], new(1, 0, 0), new(1, 0, 0)),
        ["convolution of uneven strides and borders"] = s => s.Convolved(6, [5, 4, 3], new(2, 1, 2), new(1, 0, 2)),
        ["convolution by three without border"] = s => s.Convolved(8, [5, 2, 2], new(3, 0, 0), new(3, 0, 0)),
        ["convolution wider than the image"] = s => s.Convolved(3, [4, 3, 3], new(1, 3, 3), new(2, 4, 3)),
        ["dilated convolution"] = s => s.Convolved(7, [5, 3, 3], new(1, 2, 2, 2), new(1, 0, 1, 3)),
        ["dilated convolution by two"] = s => s.Convolved(8, [5, 3, 2], new(2, 2, 2, 2), new(3, 1, 0, 2)),
        ["convolution along a line"] = s => s.MovingImages(3, 6).Reshape(N, 3, 1, 36)
            .Convolve(s.Parameter(4 * 3 * 5), [4, 3, 1, 5], new(new(1, 0, 0), new(2, 2, 2))).Tanh().Flatten(),
        ["function of parameters"] = s => s.Rows(4).Dense(s.Parameter(5, 4).Tanh(), s.Parameter(5).Exp()),
    };

    public static TheoryData<string, int> Names()
    {
        var data = new TheoryData<string, int>();
        foreach (var name in ElementwiseFunctions.All.Keys.Concat(Cases.Keys))
            foreach (var lanes in new[] { 512, 256, 1 })
                data.Add(name, lanes);
        return data;
    }

    [Theory, MemberData(nameof(Names))]
    public void Derivatives_equal_those_of_autograd(string name, int lanes)
    {
        using var scope = NewDisposeScope();
        var source = new Source(ScalarType.Float64);
        var outputs = Outputs(name, source);
        var targets = randn([N, .. outputs.Shape.Skip(1)], dtype: ScalarType.Float64, generator: source.Generator);
        var theta = randn(source.Dimension, dtype: ScalarType.Float64, generator: source.Generator) * 0.7;
        var loss = Losses.SquaredError(outputs, Value.Constant(targets));
        var autograd = new DifferentiableSum(
            source.Dimension, ScalarType.Float64, 1, (at, _) => loss.Evaluate(at).sum() / N);
        using var taylor = new TaylorLoss<double>(
            source.Dimension, (_, _) => loss, targets, targets, 1 << 30, 0, tile: N, Lanes(lanes));
        using var theirs = autograd.ExpandAt(theta);
        using var ours = (TaylorExpansion<double>)taylor.ExpandAt(theta);
        var u = randn(source.Dimension, dtype: ScalarType.Float64, generator: source.Generator);
        var v = randn(source.Dimension, dtype: ScalarType.Float64, generator: source.Generator);
        u /= u.norm();
        Close(theirs.Gradient, ours.Gradient);
        Close(theirs.HessianTimes(u), ours.HessianTimes(u));
        Close(theirs.ThirdDerivative(u, u), ours.ThirdDerivative(u, u));
        Close(theirs.ThirdDerivative(u, v), ours.ThirdDerivative(u, v));

        // The fourth order is not compared with autograd here but with differences of third derivatives, extrapolated to an error of
        // h^4.
        var fourth = ((4 * Difference(1e-3)) - Difference(2e-3)) / 3;
        var scale = fourth.norm().ToDouble() + ours.ThirdDerivative(u, u).norm().ToDouble() + ours.Gradient.norm().ToDouble();
        Assert.InRange((fourth - ours.Along(u, 3)).norm().ToDouble(), 0, 1e-8 * scale);

        Tensor Difference(double h)
        {
            using var ahead = taylor.ExpandAt(theta + (h * u));
            using var behind = taylor.ExpandAt(theta - (h * u));
            return (ahead.ThirdDerivative(u, u) - behind.ThirdDerivative(u, u)) / (2 * h);
        }
    }

    private static Value Outputs(string name, Source source)
    {
        if (!ElementwiseFunctions.All.TryGetValue(name, out var f)) return Cases[name](source);
        return Value.Of(f, ElementwiseFunctions.Within(name, source.Moving(7)));
    }

    private static Brink.Kernels.Passes<double> Lanes(int bits) => bits switch
    {
        512 => new Brink.Kernels.LanePasses<Brink.Kernels.Lanes512<double>, double>(),
        256 => new Brink.Kernels.LanePasses<Brink.Kernels.Lanes256<double>, double>(),
        _ => new Brink.Kernels.LanePasses<Brink.Kernels.Lane<double>, double>(),
    };

    private static void Close(Tensor expected, Tensor actual) =>
        Assert.InRange((actual - expected).norm().ToDouble(), 0, (1e-11 * expected.norm().ToDouble()) + 1e-12);

    /// <summary>Parameters in the order in which they are requested, and data.</summary>
    private sealed class Source(ScalarType precision)
    {
        public Generator Generator { get; } = new(7, CPU);

        public ScalarType Precision => precision;

        public long Dimension { get; private set; }

        public Value Parameter(params long[] shape)
        {
            var value = Value.Parameter(Dimension, shape);
            Dimension += value.Size;
            return value;
        }

        public Value Rows(long width) => Value.Constant(randn([N, width], dtype: precision, generator: Generator));

        public Value Sequences(long length, long width) =>
            Value.Constant(randn([N, length, width], dtype: precision, generator: Generator));

        public Value Images(long channels, long side) =>
            Value.Constant(randn([N, channels, side, side], dtype: precision, generator: Generator));

        public Tensor Tokens(long length, long vocabulary) =>
            randint(0, vocabulary, [N, length], dtype: ScalarType.Int64, generator: Generator);

        /// <summary>Images of three channels convolved with [filters,height,width].</summary>
        public Value Convolved(long side, long[] kernel, ConvolutionAxis rows, ConvolutionAxis columns)
        {
            var weight = Parameter(kernel[0] * 3 * kernel[1] * kernel[2]);
            return MovingImages(3, side).Convolve(weight, [kernel[0], 3, kernel[1], kernel[2]], new(rows, columns)).Tanh().Flatten();
        }

        /// <summary>Values that depend on theta in every order.</summary>
        public Value Moving(long width) => Rows(4).Dense(Parameter(width, 4), Parameter(width)).Tanh();

        public Value MovingSequences(long length, long width) =>
            Sequences(length, 4).Dense(Parameter(width, 4), Parameter(width)).Tanh();

        public Value MovingImages(long channels, long side) =>
            Images(2, side).Convolve(Parameter(channels, 2, 3, 3)).AddColumns(Parameter(channels)).Tanh();
    }
}
