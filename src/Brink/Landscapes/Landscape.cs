using Brink.Objectives;

namespace Brink.Landscapes;

/// <summary>A loss in closed form, L(theta) = sum over terms of l(q(theta)), with exact derivatives.</summary>
/// <remarks>It is an objective like a network, in float64. Its sums over monomials suit a few dozen
/// variables.</remarks>
public sealed record Landscape(IReadOnlyList<LandscapeTerm> Terms) : IObjective
{
    /// <inheritdoc/>
    public long Dimension => Terms[0].Inner.Variables;

    /// <inheritdoc/>
    public ScalarType Precision => ScalarType.Float64;

    /// <summary>Computes L at theta [p].</summary>
    public double Loss(double[] theta) => Terms.Sum(term => term.Outer.At(term.Inner.Along(theta)).Value);

    /// <summary>grad L [p].</summary>
    public double[] Gradient(double[] theta)
    {
        var sum = new double[Dimension];
        foreach (var (outer, inner) in Terms)
            Add(sum, outer.At(inner.Along(theta)).First, inner.Gradient(theta));
        return sum;
    }

    /// <summary>H v [p].</summary>
    public double[] HessianTimes(double[] theta, double[] v)
    {
        var sum = new double[Dimension];
        foreach (var (outer, inner) in Terms)
        {
            var l = outer.At(inner.Along(theta));
            Add(sum, l.Second * inner.Along(theta, v), inner.Gradient(theta));
            Add(sum, l.First, inner.Gradient(theta, v));
        }
        return sum;
    }

    /// <summary>D3L(u, v) [p].</summary>
    public double[] ThirdDerivative(double[] theta, double[] u, double[] v)
    {
        var sum = new double[Dimension];
        foreach (var (outer, inner) in Terms)
        {
            var l = outer.At(inner.Along(theta));
            var (alongU, alongV) = (inner.Along(theta, u), inner.Along(theta, v));
            Add(sum, (l.Third * alongU * alongV) + (l.Second * inner.Along(theta, u, v)), inner.Gradient(theta));
            Add(sum, l.Second * alongU, inner.Gradient(theta, v));
            Add(sum, l.Second * alongV, inner.Gradient(theta, u));
            Add(sum, l.First, inner.Gradient(theta, u, v));
        }
        return sum;
    }

    /// <summary>The smallest and the largest eigenvalue of the whole Hessian.</summary>
    public (double Least, double Sharpness) Extremes(double[] theta)
    {
        using var scope = NewDisposeScope();
        var hessian = Enumerable.Range(0, theta.Length).Select(i =>
        {
            var unit = new double[theta.Length];
            unit[i] = 1;
            return tensor(HessianTimes(theta, unit));
        });
        var matrix = stack(hessian);
        if (!matrix.isfinite().all().ToBoolean()) return (double.NaN, double.NaN);   // eigvalsh would throw
        var values = linalg.eigvalsh(matrix);
        return (values[0].ToDouble(), values[-1].ToDouble());
    }

    /// <inheritdoc/>
    public double Loss(Tensor theta) => Loss(Numbers(theta));

    /// <inheritdoc/>
    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        var numbers = Numbers(theta);
        return (Loss(numbers), tensor(Gradient(numbers)));
    }

    /// <inheritdoc/>
    public IExpansion ExpandAt(Tensor theta) => new Expansion(this, Numbers(theta));

    private double[] Numbers(Tensor vector)
    {
        using var scope = NewDisposeScope();
        var numbers = vector.to(ScalarType.Float64).data<double>().ToArray();
        return numbers.Length == Dimension ? numbers
            : throw new ArgumentException(
                $"the vector has {numbers.Length} entries; the landscape has {Dimension} variables", nameof(vector));
    }

    private static void Add(double[] sum, double factor, double[] vector)
    {
        for (var i = 0; i < sum.Length; i++) sum[i] += factor * vector[i];
    }

    private sealed class Expansion(Landscape landscape, double[] theta) : IExpansion
    {
        public double Loss { get; } = landscape.Loss(theta);

        public Tensor Gradient { get; } = tensor(landscape.Gradient(theta)).DetachFromDisposeScope();

        public Tensor HessianTimes(Tensor v)
        {
            if (v.dim() == 1) return tensor(landscape.HessianTimes(theta, landscape.Numbers(v)));
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(stack(v.unbind(0).Select(HessianTimes)));
        }

        public Tensor ThirdDerivative(Tensor u, Tensor v) =>
            tensor(landscape.ThirdDerivative(theta, landscape.Numbers(u), landscape.Numbers(v)));

        public void Dispose() => Gradient.Dispose();
    }
}

/// <summary>A term l(q(theta)) of the loss.</summary>
public sealed record LandscapeTerm(OuterFunction Outer, Polynomial Inner);
