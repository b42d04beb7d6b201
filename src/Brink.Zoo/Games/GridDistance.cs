namespace Brink.Zoo.Games;

/// <summary>Distance of samples from a grid of Gaussians: the logarithm of the squared maximum mean discrepancy, mean over
/// kernels exp(-|x - y|^2 / 2 h^2) of four widths h (Gretton et al., JMLR 2012).</summary>
/// <remarks>The distribution of the data is known, so only the generated samples are drawn: E k(x, y) and E k(y, y') over
/// modes m of variance s^2 are h^2/(h^2 + c s^2) exp(-|x - m|^2 / 2 (h^2 + c s^2)) with c = 1 and 2. In the logarithm each
/// halving counts the same. The diagonal terms in E k(x, x') keep it above about log(1/samples).</remarks>
public static class GridDistance
{
    // From the distance between modes down to a width that distinguishes a sample near a mode from one between two modes.
    // Each width is half of the one before, so that its kernel is the fourth power of the former one.
    private const double Widest = 1;
    private const int Widths = 4;

    /// <param name="samples">Samples [B,n,2].</param>
    /// <param name="places">Coordinates of the modes, the same in both directions.</param>
    /// <param name="spread">Standard deviation s of a mode.</param>
    /// <returns>Logarithmic distances [B].</returns>
    public static Tensor Of(Tensor samples, double[] places, double spread)
    {
        using var scope = NewDisposeScope();
        var kernel = (-Distances(samples) / (2 * Widest * Widest)).exp();
        var grid = tensor(places, dtype: samples.dtype);
        var toModes = (samples.unsqueeze(-1) - grid).square();         // [B,n,2,4], separately for each coordinate
        var between = (grid.unsqueeze(-1) - grid).square();
        var sum = zeros(samples.shape[0], dtype: samples.dtype);
        for (var i = 0; i < Widths; i++)
        {
            if (i > 0) kernel = kernel.square().square();
            var h = Math.ScaleB(Widest, -i);
            var (one, two) = ((h * h) + (spread * spread), (h * h) + (2 * spread * spread));
            // A kernel of both coordinates is the product of one kernel for each; the same holds for its mean over the grid.
            var cross = (-toModes / (2 * one)).exp().mean([3]).prod(2).mean([1]) * (h * h / one);
            var data = (-between / (2 * two)).exp().mean().square() * (h * h / two);
            sum = sum + kernel.mean([1, 2]) - (2 * cross) + data;
        }
        return scope.MoveToOuter((sum / Widths).log());
    }

    // |x - x'|^2 [B,n,n].
    private static Tensor Distances(Tensor x)
    {
        var square = x.square().sum(dim: 2);
        return (square.unsqueeze(2) + square.unsqueeze(1) - (2 * x.bmm(x.transpose(1, 2)))).clamp_min(0);
    }
}
