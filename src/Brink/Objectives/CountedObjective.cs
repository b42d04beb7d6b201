using Brink.Algebra;

namespace Brink.Objectives;

/// <summary>The number of derivatives computed so far. An expansion counts as a gradient, each row as a product.</summary>
public sealed class DerivativeCount
{
    /// <summary>Number of gradients and expansions.</summary>
    public long Gradients { get; internal set; }

    /// <summary>Number of Hessian products, one for each row.</summary>
    public long Products { get; internal set; }

    /// <summary>Number of third derivatives D3L(u,v).</summary>
    public long ThirdDerivatives { get; internal set; }

    /// <summary>Saves the counts.</summary>
    public void Save(Snapshot to)
    {
        to.Set("gradients", Gradients);
        to.Set("products", Products);
        to.Set("third_derivatives", ThirdDerivatives);
    }

    /// <summary>Restores the saved counts and discards later ones.</summary>
    public void Restore(Snapshot from) =>
        (Gradients, Products, ThirdDerivatives) = (from.Whole("gradients"), from.Whole("products"), from.Whole("third_derivatives"));
}

/// <summary>An objective that counts its derivatives.</summary>
public sealed record CountedObjective(IObjective Objective, DerivativeCount Count) : IObjective
{
    /// <inheritdoc/>
    public long Dimension => Objective.Dimension;

    /// <inheritdoc/>
    public ScalarType Precision => Objective.Precision;

    /// <inheritdoc/>
    public double Loss(Tensor theta) => Objective.Loss(theta);

    /// <inheritdoc/>
    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        Count.Gradients++;
        return Objective.LossAndGradient(theta);
    }

    /// <inheritdoc/>
    public IExpansion ExpandAt(Tensor theta)
    {
        Count.Gradients++;
        return new Expansion(Objective.ExpandAt(theta), Count);
    }

    /// <inheritdoc/>
    public IExpansion CurvatureAt(Tensor theta)
    {
        Count.Gradients++;
        return new Expansion(Objective.CurvatureAt(theta), Count);
    }

    private sealed class Expansion(IExpansion expansion, DerivativeCount count) : IExpansion
    {
        public double Loss => expansion.Loss;

        public Tensor Gradient => expansion.Gradient;

        public Tensor HessianTimes(Tensor v)
        {
            count.Products += v.dim() == 1 ? 1 : v.shape[0];
            return expansion.HessianTimes(v);
        }

        public Tensor ThirdDerivative(Tensor u, Tensor v)
        {
            count.ThirdDerivatives++;
            return expansion.ThirdDerivative(u, v);
        }

        public void Dispose() => expansion.Dispose();
    }
}
