using Brink.Games;

namespace Brink.Tests.Games;

public class DenseGanTests
{
    private const int Games = 3, Batch = 5;

    // Depth 1 has no hidden matrix; widths and dimensions are no multiples of a register.
    public static TheoryData<int, int, int> Sizes => new() { { 1, 5, 2 }, { 2, 7, 2 }, { 3, 9, 3 } };

    // The oracle: libtorch's derivatives of the losses as they are written in papers.
    [Theory, MemberData(nameof(Sizes))]
    public void Gradients_and_products_equal_those_of_autograd(int depth, int width, int dimension)
    {
        using var scope = NewDisposeScope();
        var (gan, w, v) = Random(new(4, width, depth, dimension, 1.7), ScalarType.Float64);
        var (exact, differentiated) = (gan.At(w), ByLosses(gan).At(w));
        Assert.True(differentiated.TransposeTimes(v).norm().ToDouble() > 1e-2);
        GameTests.Close(differentiated.Xi, exact.Xi, 1e-12);
        GameTests.Close(differentiated.TransposeTimes(v), exact.TransposeTimes(v), 1e-12);
        GameTests.Close(differentiated.JacobianTimes(v), exact.JacobianTimes(v), 1e-12);
        GameTests.Close(exact.Xi, gan.Xi(w));
    }

    [Fact]
    public void Products_agree_with_differences_of_the_gradient()
    {
        using var scope = NewDisposeScope();
        var (gan, w, v) = Random(new(4, 7, 2), ScalarType.Float64);
        const double h = 1e-6;
        var difference = (gan.Xi(w + (h * v)) - gan.Xi(w - (h * v))) / (2 * h);
        GameTests.Close(difference, gan.At(w).JacobianTimes(v), 1e-7);
    }

    [Fact]
    public void Single_precision_agrees_with_double()
    {
        using var scope = NewDisposeScope();
        var (gan, w, v) = Random(new(8, 32, 2, InputScale: 3), ScalarType.Float64);
        var (exact, rounded) = (gan.At(w), gan.At(w.to(ScalarType.Float32)));
        GameTests.Close(exact.Xi, rounded.Xi.to(ScalarType.Float64), 1e-5);
        GameTests.Close(exact.TransposeTimes(v), rounded.TransposeTimes(v.to(ScalarType.Float32)).to(ScalarType.Float64), 1e-4);
    }

    [Fact]
    public void Parameters_of_another_shape_are_refused()
    {
        using var scope = NewDisposeScope();
        var (gan, w, _) = Random(new(4, 7, 2), ScalarType.Float64);
        var refused = Assert.Throws<ArgumentException>(() => gan.At(w.narrow(1, 0, 5)));
        Assert.Contains("it must be [3,", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_leaks_no_tensor()
    {
        using var scope = NewDisposeScope();
        var (gan, w, v) = Random(new(4, 7, 2), ScalarType.Float64);
        Live.AssertUnchanged(() =>
        {
            using var inner = NewDisposeScope();
            var point = gan.At(w);
            point.JacobianTimes(v).Dispose();
            point.TransposeTimes(v).Dispose();
            gan.Xi(w).Dispose();
        });
    }

    private static (DenseGan Gan, Tensor W, Tensor V) Random(DenseGanShape shape, ScalarType precision)
    {
        using var generator = new Generator(7, CPU);
        Tensor Of(params long[] sizes) => randn(sizes, dtype: precision, generator: generator);
        var gan = new DenseGan(shape, Of(Games, Batch, shape.Dimension), Of(Games, Batch, shape.Latent));
        return (gan, Of(Games, shape.Players.Sum()) / Math.Sqrt(shape.Width), Of(Games, shape.Players.Sum()));
    }

    private static DifferentiableGame ByLosses(DenseGan gan) => new(gan.Players, w =>
    {
        var shape = gan.Shape;
        var made = shape.Generated(w[0], gan.Noise);
        var (onReal, onMade) = (Logits(gan.Real), Logits(made));
        return
        [
            nn.functional.softplus(-onMade).mean([1, 2]),
            nn.functional.softplus(-onReal).mean([1, 2]) + nn.functional.softplus(onMade).mean([1, 2]),
        ];

        // A discriminator is a generator of one number from the scaled samples.
        Tensor Logits(Tensor x) => new DenseGanShape(shape.Dimension, shape.Width, shape.Depth, 1).Generated(w[1], shape.InputScale * x);
    });
}
