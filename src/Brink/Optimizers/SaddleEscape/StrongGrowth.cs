namespace Brink.Optimizers.SaddleEscape;

/// <summary>The strong growth constant at a point: rho = E||grad F(theta, xi)||^2 / ||grad f(theta)||^2, from
/// a minibatch.</summary>
/// <remarks>
/// <para>||mean g||^2 of n samples is too large by their variance over n, which is subtracted: with s^2 the unbiased variance,
/// rho = (1/n) sum ||g_i||^2 / (||mean g||^2 - s^2/n). The jackknife removes the remaining bias and gives the standard error.
/// Both need inner products alone: without sample i, ||mean||^2 is ||n mean - g_i||^2 / (n - 1)^2.</para>
/// <para>Where the gradient is smaller than its noise the ratio is undetermined: it is then +infinity.</para>
/// </remarks>
/// <param name="Value">Estimate of rho.</param>
/// <param name="StandardError">Standard error of the estimate.</param>
public sealed record StrongGrowth(double Value, double StandardError)
{
    /// <param name="batch">Minibatch of at least 3 samples.</param>
    /// <param name="theta">Point [p].</param>
    public static StrongGrowth At(IMinibatch batch, Tensor theta)
    {
        var n = batch.Size;
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 3, nameof(batch));
        using var scope = NewDisposeScope();
        var gradients = batch.Gradients(theta).to(ScalarType.Float64);
        var mean = gradients.mean([0L]);
        var squares = gradients.square().sum(dim: 1).data<double>().ToArray();
        var inner = gradients.mv(mean).data<double>().ToArray();
        var (sum, square) = (squares.Sum(), mean.square().sum().ToDouble());
        var whole = Ratio(sum, square, n);
        var without = Enumerable.Range(0, n)
            .Select(i => Ratio(
                sum - squares[i],
                (((double)n * n * square) - (2.0 * n * inner[i]) + squares[i]) / ((n - 1.0) * (n - 1)),
                n - 1))
            .ToArray();
        if (!double.IsFinite(whole) || !without.All(double.IsFinite))
            return new(double.IsNaN(whole) ? double.NaN : double.PositiveInfinity, double.NaN);
        var average = without.Average();
        var variance = (n - 1.0) / n * without.Sum(value => (value - average) * (value - average));
        return new((n * whole) - ((n - 1) * average), Math.Sqrt(variance));
    }

    private static double Ratio(double sumOfSquares, double squareOfMean, int n)
    {
        var variance = (sumOfSquares - (n * squareOfMean)) / (n - 1);
        var signal = squareOfMean - (variance / n);
        return signal <= 0 ? double.PositiveInfinity : sumOfSquares / n / signal;
    }
}
