namespace Brink.Graphs.Operators;

/// <summary>The negative logarithm of the probability of given classes.</summary>
internal static class ClassLoss
{
    /// <summary>Computes the loss.</summary>
    /// <param name="log">Logarithms of probabilities [n,classes,...].</param>
    /// <param name="labels">Classes [n,...].</param>
    /// <param name="weights">Weights of the classes, or null.</param>
    /// <param name="reduction">mean: over the weights of the labels; sum; or none.</param>
    /// <param name="ignored">A label that does not count, or null.</param>
    /// <param name="smoothing">Share of the probability that is spread evenly over all classes.</param>
    public static Quantity Of(Quantity log, Tensor labels, Tensor? weights, string reduction, long? ignored, double smoothing)
    {
        var classes = log.Shape[1];
        var numbers = labels.to(ScalarType.Int64);
        var counts = ignored is { } label ? numbers.ne(label) : ones_like(numbers, dtype: ScalarType.Bool);
        var safe = where(counts, numbers, zeros_like(numbers));
        if (safe.lt(0).logical_or(safe.ge(classes)).any().item<bool>())
            throw new GraphException($"a label is outside the {classes} classes");
        var weightOfClass = weights?.to(ScalarType.Float64) ?? ones(classes, dtype: ScalarType.Float64);
        var weight = weightOfClass.index_select(0, safe.flatten()).reshape(safe.shape) * counts;

        // The share of each class times its weight, in the layout of the logarithms.
        long[] alongClasses = [1, classes, .. Enumerable.Repeat(1L, log.Rank - 2)];
        var hot = safe.unsqueeze(1).eq(arange(classes, dtype: ScalarType.Int64).reshape(alongClasses));
        var perClass = weightOfClass.reshape(alongClasses);
        var share = ((1 - smoothing) * hot.to(ScalarType.Float64) * perClass) + (smoothing / classes * perClass);
        var losses = -1.0 * (log * Quantity.Of(share * counts.unsqueeze(1))).Sum([1], keep: false);
        return reduction switch
        {
            "none" => losses,
            "sum" => losses.Sum([], keep: false),
            _ => losses.Sum([], keep: false, 1 / weight.sum().item<double>()),
        };
    }
}
