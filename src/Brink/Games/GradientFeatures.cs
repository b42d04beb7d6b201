namespace Brink.Games;

/// <summary>Input of a learned optimizer for each parameter: the three directions, their running means, and
/// both scaled by the running size. These 18 numbers each enter as logarithm and sign (Chen et al. 2023; the
/// preprocessing is that of Andrychowicz et al., NIPS 2016, appendix A, p = 10).</summary>
/// <remarks>Nothing here is differentiated: the directions are detached. R rows are R
/// parameters.</remarks>
/// <param name="Means">Running means with decays 0.5, 0.9 and 0.99, without bias correction [3,R,3].</param>
/// <param name="Momentum">Running mean with decay 0.95 [R,3].</param>
/// <param name="Square">Running mean of squares with decay 0.9 [R,3].</param>
/// <param name="Steps">Number of directions so far.</param>
internal sealed record GradientFeatures(Tensor Means, Tensor Momentum, Tensor Square, long Steps)
{
    /// <summary>Number of network inputs per parameter.</summary>
    public const int Inputs = 36;

    private const double MomentumDecay = 0.95, SquareDecay = 0.9, Epsilon = 1e-8;

    private const double LogRange = 10;   // p: values below e^-p in size are scaled linearly

    private static readonly double[] Decays = [0.5, 0.9, 0.99];

    public static GradientFeatures Start(long rows, ScalarType precision) => new(
        zeros(3, rows, 3, dtype: precision), zeros(rows, 3, dtype: precision), zeros(rows, 3, dtype: precision), 0);

    /// <summary>Returns the state after the directions o [R,3], and the inputs [R,36].</summary>
    public (GradientFeatures State, Tensor Inputs) After(Tensor o)
    {
        using var scope = NewDisposeScope();
        var decay = tensor(Decays, dtype: o.dtype).reshape(3, 1, 1);
        var means = o.lerp(Means, decay);
        var momentum = o.lerp(Momentum, MomentumDecay);
        var square = o.square().lerp(Square, SquareDecay);
        // Both means are corrected by the momentum's decay: an error of the published code, with which its
        // weights were trained.
        var correction = 1 - Math.Pow(MomentumDecay, Steps + 1);
        var scale = (square / correction).sqrt_().add_(Epsilon);
        var features = cat([o, means[0], means[1], means[2], momentum / correction / scale, o / scale], 1);
        return (
            new(scope.MoveToOuter(means), scope.MoveToOuter(momentum), scope.MoveToOuter(square), Steps + 1),
            scope.MoveToOuter(Preprocessed(features)));
    }

    private static Tensor Preprocessed(Tensor f)
    {
        var size = f.abs();
        var large = size >= Math.Exp(-LogRange);
        var logarithm = where(large, (size + Epsilon).log_().div_(LogRange), tensor(-1, dtype: f.dtype));
        return cat([logarithm, where(large, f.sign(), f * Math.Exp(LogRange))], 1);
    }
}
