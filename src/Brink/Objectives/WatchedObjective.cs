namespace Brink.Objectives;

/// <summary>The first NaN or infinite value: its quantity and place.</summary>
/// <param name="Quantity">Name of the quantity: the loss, the gradient, a Hessian product or a third derivative.</param>
/// <param name="Entry">First such entry of a vector [p], or of the first row with one; null for the loss.</param>
/// <param name="Count">Number of such entries.</param>
public sealed record NotFinite(string Quantity, long? Entry, long Count);

/// <summary>The first non-finite value among all results of an objective.</summary>
public sealed class FirstFault
{
    /// <summary>The first non-finite value; null if all values so far are finite.</summary>
    public NotFinite? Found { get; private set; }

    internal double Noted(string quantity, double value)
    {
        if (!double.IsFinite(value)) Found ??= new(quantity, null, 1);
        return value;
    }

    /// <summary>Notes the first non-finite entry of v [p], or of rows [k,p], and returns v.</summary>
    internal Tensor Noted(string quantity, Tensor v)
    {
        if (Found is not null) return v;
        using var scope = NewDisposeScope();
        // The sum is finite unless an entry is not or the sum overflows: one pass over v, and a second only then.
        if (double.IsFinite(v.sum().ToDouble())) return v;
        var places = v.isfinite().logical_not_().nonzero();
        if (places.shape[0] > 0) Found = new(quantity, places[0, -1].ToInt64(), places.shape[0]);
        return v;
    }
}

/// <summary>An objective that records its first non-finite value and returns all results unchanged.</summary>
public sealed record WatchedObjective(IObjective Objective, FirstFault Fault) : IObjective
{
    private const string LossName = "the loss", GradientName = "the gradient";

    /// <inheritdoc/>
    public long Dimension => Objective.Dimension;

    /// <inheritdoc/>
    public ScalarType Precision => Objective.Precision;

    /// <inheritdoc/>
    public double Loss(Tensor theta) => Fault.Noted(LossName, Objective.Loss(theta));

    /// <inheritdoc/>
    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        var (loss, gradient) = Objective.LossAndGradient(theta);
        return (Fault.Noted(LossName, loss), Fault.Noted(GradientName, gradient));
    }

    /// <inheritdoc/>
    public IExpansion ExpandAt(Tensor theta)
    {
        var expansion = new Expansion(Objective.ExpandAt(theta), Fault);
        _ = (expansion.Loss, expansion.Gradient);
        return expansion;
    }

    /// <inheritdoc/>
    public IExpansion CurvatureAt(Tensor theta) => new Expansion(Objective.CurvatureAt(theta), Fault);

    private sealed class Expansion(IExpansion expansion, FirstFault fault) : IExpansion
    {
        private double? _loss;
        private Tensor? _gradient;

        // Noted once: the gradient is read several times at a point, and noting it is a pass over it.
        public double Loss => _loss ??= fault.Noted(LossName, expansion.Loss);

        public Tensor Gradient => _gradient ??= fault.Noted(GradientName, expansion.Gradient);

        public Tensor HessianTimes(Tensor v) => fault.Noted("a Hessian product", expansion.HessianTimes(v));

        public Tensor ThirdDerivative(Tensor u, Tensor v) => fault.Noted("a third derivative", expansion.ThirdDerivative(u, v));

        public void Dispose() => expansion.Dispose();
    }
}
