using Brink.Algebra;

namespace Brink.Objectives;

/// <summary>A loss L of one flat parameter vector theta [p].</summary>
public interface IObjective
{
    /// <summary>The number of parameters p.</summary>
    long Dimension { get; }

    /// <summary>Element type of theta and of everything computed from it.</summary>
    ScalarType Precision { get; }

    /// <summary>Computes L at theta [p].</summary>
    double Loss(Tensor theta);

    /// <summary>L and grad L [p]; the caller owns the gradient.</summary>
    (double Loss, Tensor Gradient) LossAndGradient(Tensor theta);

    /// <summary>Computes everything that several derivative products at one point can share.</summary>
    IExpansion ExpandAt(Tensor theta);

    /// <summary>Computes the same for a point whose gradient is not wanted: it is computed only if it is read.</summary>
    IExpansion CurvatureAt(Tensor theta) => ExpandAt(theta);
}

/// <summary>The Taylor expansion at a point, by products:
/// L(theta + v) = L + g.v + (1/2) v.Hv + (1/6) D3L(v,v).v + ...</summary>
public interface IExpansion : IDisposable
{
    /// <summary>The loss L at the point.</summary>
    double Loss { get; }

    /// <summary>g = grad L [p]; it lives as long as the expansion.</summary>
    Tensor Gradient { get; }

    /// <summary>H v for v [p], or for each of the rows v [k,p].</summary>
    Tensor HessianTimes(Tensor v);

    /// <summary>D3L(u,v) = grad_theta (u . H v) [p], for u and v [p]. With u = v the unit top eigenvector it
    /// is the gradient of the sharpness.</summary>
    Tensor ThirdDerivative(Tensor u, Tensor v);
}

/// <summary>Operators from the expansion of a loss.</summary>
public static class ExpansionExtensions
{
    /// <summary>The Hessian at the point of an expansion, as an operator.</summary>
    /// <param name="expansion">Expansion of the loss.</param>
    /// <param name="at">The point theta [p], as <see cref="SymmetricOperator.At"/>: eigenvectors can then be followed along a
    /// path.</param>
    public static SymmetricOperator Hessian(this IExpansion expansion, Tensor? at = null) =>
        Of(expansion, at ?? expansion.Gradient) with { At = at };

    private static SymmetricOperator Of(IExpansion expansion, Tensor like) => new(like.shape[0], like.dtype, expansion.HessianTimes);
}
