namespace Brink.Optimizers;

/// <summary>Running mean and variance of each feature of a layer's inputs.</summary>
/// <remarks>
/// <para>One step mixes its inputs, with weight 1 - rho, into the earlier inputs, with weight rho; mean and
/// variance are those of the mixture (law of total variance; West 1979, Finch 2009):</para>
/// <code>
/// mu'      = mu + (1 - rho) m1                          m1 = mean of h - mu
/// sigma^2' = rho sigma^2 + (1 - rho) (m2 - (1 - rho) m1^2)    m2 = mean of (h - mu)^2
/// </code>
/// <para>Where the batch's mean is mu this is the rule rho sigma^2 + (1 - rho) var_batch. It differs by rho (1 - rho) m1^2,
/// without which a batch of one sample would have no variance.</para>
/// </remarks>
internal sealed class InputStatistics : IDisposable
{
    private Tensor? _sum;       // sum of h - mu over the inputs since the last step, [n]
    private Tensor? _squares;   // sum of (h - mu)^2
    private long _count;

    public InputStatistics(Tensor mean, Tensor variance) => (Mean, Variance) =
        (mean.DetachFromDisposeScope(), variance.DetachFromDisposeScope());

    /// <summary>The running mean mu [n].</summary>
    public Tensor Mean { get; }

    /// <summary>The running variance sigma^2 [n].</summary>
    public Tensor Variance { get; }

    /// <summary>True if inputs were added since the last step.</summary>
    public bool Pending => _count > 0;

    /// <summary>Adds inputs to this step. Several calls of a layer in one step count together, as if they were one
    /// batch.</summary>
    /// <param name="h">Inputs [...,n,...].</param>
    /// <param name="feature">Index of the feature dimension.</param>
    public void Add(Tensor h, int feature)
    {
        using var scope = NewDisposeScope();
        var shape = new long[h.dim()];
        Array.Fill(shape, 1);
        shape[feature] = h.shape[feature];
        var others = Enumerable.Range(0, (int)h.dim()).Where(d => d != feature).Select(d => (long)d).ToArray();
        var centred = h - Mean.view(shape);
        var (sum, squares) = others.Length == 0
            ? (centred, centred * centred)
            : (centred.sum(others), centred.mul_(centred).sum(others));
        _count += h.numel() / h.shape[feature];
        if (_sum is not null)
        {
            _sum.add_(sum);
            _squares!.add_(squares);
            return;
        }
        (_sum, _squares) = (sum.DetachFromDisposeScope(), squares.DetachFromDisposeScope());
    }

    /// <summary>A scalar that is finite if all inputs of this step, and their squares, are.</summary>
    public Tensor Probe => _squares!.sum();

    public void Step(double rho)
    {
        using var scope = NewDisposeScope();
        var first = _sum! / (double)_count;
        // With a constant input and a small rho only rounding is left, of either sign.
        Variance.mul_(rho).add_(_squares!, alpha: (1 - rho) / _count).addcmul_(first, first, -Math.Pow(1 - rho, 2)).clamp_(min: 0);
        Mean.add_(first, alpha: 1 - rho);
        DiscardInputs();
    }

    /// <summary>Discards this step's inputs.</summary>
    public void DiscardInputs()
    {
        _sum?.Dispose();
        _squares?.Dispose();
        (_sum, _squares, _count) = (null, null, 0);
    }

    public void Dispose()
    {
        DiscardInputs();
        Mean.Dispose();
        Variance.Dispose();
    }
}
