namespace Brink.Objectives;

/// <summary>A loss whose Hessian products and third derivatives are computed in float32; loss, gradient and all vectors are
/// float64.</summary>
/// <remarks>A product with v has a relative error of about 1e-7 to 1e-6 of ||H||, rounding of theta included;
/// <see cref="RoundingAt"/> measures it. It bounds the error of an eigenvalue, and the residual that an eigenvector can reach.
/// The code of Damian et al. (2023) computes in float32 throughout.</remarks>
/// <param name="Exact">The loss in float64.</param>
/// <param name="Fast">The same loss in float32.</param>
public sealed record MixedPrecision(IObjective Exact, IObjective Fast) : IObjective
{
    /// <inheritdoc/>
    public long Dimension => Exact.Dimension;

    /// <inheritdoc/>
    public ScalarType Precision => Exact.Precision;

    /// <inheritdoc/>
    public double Loss(Tensor theta) => Exact.Loss(theta);

    /// <inheritdoc/>
    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta) => Exact.LossAndGradient(theta);

    /// <inheritdoc/>
    public IExpansion ExpandAt(Tensor theta)
    {
        var expansion = new Expansion(this, theta);
        _ = expansion.Gradient;
        return expansion;
    }

    /// <inheritdoc/>
    public IExpansion CurvatureAt(Tensor theta) => new Expansion(this, theta);

    /// <summary>The loss and gradient of float32, as float64, for steps whose error is far above that rounding.</summary>
    public IObjective Rounded => new Widened(Fast);

    /// <summary>Computes the difference of the products with v in both precisions, relative to that in float64.</summary>
    /// <param name="theta">Point [p].</param>
    /// <param name="v">Vector [p] in float64; the top eigenvector for the error of the sharpness.</param>
    public double RoundingAt(Tensor theta, Tensor v)
    {
        using var scope = NewDisposeScope();
        using var exact = Exact.CurvatureAt(theta);
        using var fast = CurvatureAt(theta);
        var Hv = exact.HessianTimes(v);
        return ((fast.HessianTimes(v) - Hv).norm() / Hv.norm()).ToDouble();
    }

    private sealed record Widened(IObjective Fast) : IObjective
    {
        public long Dimension => Fast.Dimension;

        public ScalarType Precision => ScalarType.Float64;

        public double Loss(Tensor theta)
        {
            using var single = theta.to(ScalarType.Float32);
            return Fast.Loss(single);
        }

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
        {
            using var scope = NewDisposeScope();
            var (loss, gradient) = Fast.LossAndGradient(theta.to(ScalarType.Float32));
            return (loss, scope.MoveToOuter(gradient.to(ScalarType.Float64)));
        }

        public IExpansion ExpandAt(Tensor theta) => new MixedPrecision(this, Fast).ExpandAt(theta);
    }

    private sealed class Expansion(MixedPrecision loss, Tensor theta) : IExpansion
    {
        private readonly Tensor _theta = theta.detach().clone().DetachFromDisposeScope();
        private IExpansion? _fast;
        private (double Loss, Tensor Gradient)? _plain;
        private double? _loss;

        public double Loss => _plain?.Loss ?? (_loss ??= loss.Exact.Loss(_theta));

        public Tensor Gradient
        {
            get
            {
                if (_plain is { } known) return known.Gradient;
                var (value, gradient) = loss.Exact.LossAndGradient(_theta);
                _plain = (value, gradient.DetachFromDisposeScope());
                return gradient;
            }
        }

        private IExpansion Fast
        {
            get
            {
                if (_fast is not null) return _fast;
                using var single = _theta.to(ScalarType.Float32);
                return _fast = loss.Fast.CurvatureAt(single);
            }
        }

        public Tensor HessianTimes(Tensor v)
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(Fast.HessianTimes(v.to(ScalarType.Float32)).to(v.dtype));
        }

        public Tensor ThirdDerivative(Tensor u, Tensor v)
        {
            using var scope = NewDisposeScope();
            var single = u.to(ScalarType.Float32);
            var other = ReferenceEquals(u, v) ? single : v.to(ScalarType.Float32);
            return scope.MoveToOuter(Fast.ThirdDerivative(single, other).to(u.dtype));
        }

        public void Dispose()
        {
            _fast?.Dispose();
            _plain?.Gradient.Dispose();
            _theta.Dispose();
        }
    }
}
