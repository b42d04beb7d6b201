namespace Brink.Landscapes;

/// <summary>Gap between 2/eta and the final sharpness S of gradient descent: (2/eta - S) / eta = coefficient + O(eta^2). For
/// the minimalist example the coefficient is 1/2 (docs/reference/papers.md), for every start in an extended region.</summary>
/// <param name="Gaps">Gap for each learning rate and each start.</param>
/// <param name="Coefficient">Intercept of the least-squares line of the gaps over eta^2.</param>
/// <param name="StandardError">Standard error of the intercept, from the residuals of the line.</param>
/// <param name="Slope">Slope of the line.</param>
public sealed record FinalSharpnessLaw(
    IReadOnlyList<FinalGap> Gaps, double Coefficient, double StandardError, double Slope)
{
    /// <param name="k">k of the <see cref="EvenSplit"/>.</param>
    /// <param name="learningRates">At least two learning rates, all below 1/k.</param>
    /// <param name="starts">Starting points: kappa above 1, and d.</param>
    /// <param name="maxSteps">Maximum number of steps of each descent; it takes about eta^-2 ln(1/eta).</param>
    /// <exception cref="ArgumentException">Fewer than three descents converged: too few to fit a line.</exception>
    public static FinalSharpnessLaw Of(
        int k, IReadOnlyList<double> learningRates, IReadOnlyList<(double Kappa, double D)> starts, long maxSteps = 10_000_000)
    {
        var gaps = new FinalGap[learningRates.Count * starts.Count];
        Parallel.For(0, gaps.Length, i =>
        {
            var descent = new EvenSplit(k, learningRates[i / starts.Count]);
            var (kappa, d) = starts[i % starts.Count];
            var end = EvenSplitEnd.Of(descent, new(descent.CAt(kappa), d), maxSteps);
            gaps[i] = new(
                descent.LearningRate, kappa, d, end.Steps, (descent.Threshold - end.FinalSharpness) / descent.LearningRate);
        });
        var converged = gaps.Where(gap => double.IsFinite(gap.Value)).ToArray();
        if (converged.Length < 3)
            throw new ArgumentException(
                $"{converged.Length} of {gaps.Length} descents converged; the fit of a line needs at least 3: pass more starts",
                nameof(starts));
        var x = converged.Select(gap => gap.LearningRate * gap.LearningRate).ToArray();
        var (meanX, meanY) = (x.Average(), converged.Average(gap => gap.Value));
        var spread = x.Sum(value => (value - meanX) * (value - meanX));
        var slope = converged.Zip(x, (gap, value) => (value - meanX) * (gap.Value - meanY)).Sum() / spread;
        var intercept = meanY - (slope * meanX);
        var residuals = converged.Zip(x, (gap, value) => Math.Pow(gap.Value - intercept - (slope * value), 2)).Sum();
        var error = Math.Sqrt(residuals / (converged.Length - 2) * ((1.0 / converged.Length) + (meanX * meanX / spread)));
        return new(gaps, intercept, error, slope);
    }
}

/// <summary>Result of one descent.</summary>
/// <param name="Value">(2/eta - S) / eta at the end; NaN where the descent did not converge.</param>
public sealed record FinalGap(double LearningRate, double Kappa, double D, long Steps, double Value);
