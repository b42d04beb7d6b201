using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Dynamics.Stabilization;

/// <summary>Measures how far the assumptions of the theory hold at a point of the constrained trajectory (Damian et al. 2023,
/// section 4 and its appendix): the effect of the Hessian and the third derivative on the directions in which the parameters
/// really move, as a share of the largest possible effect.</summary>
/// <remarks>v-hat and g-hat are the displacement of gradient descent and the gradient, without their components along the
/// frame's directions, as unit vectors. Departs from the authors' code, which leaves the ratios in the units of the loss: those
/// of the Hessian are divided by S, those of the third derivative by rho3.</remarks>
/// <param name="HessianV">|v-hat . H v-hat| / S.</param>
/// <param name="HessianGradient">|g-hat . H g-hat| / S.</param>
/// <param name="ThirdV">||D3L(v-hat,v-hat)|| / rho3.</param>
/// <param name="ThirdGradient">||D3L(g-hat,g-hat)|| / rho3.</param>
/// <param name="Rho3">Largest |D3L(w,w,w)| found over unit vectors w: a lower bound, see <see cref="Norm"/>.</param>
/// <param name="Rho4">Largest |D4L(w,w,w,w)| found over unit vectors w, also a lower bound.</param>
public sealed record Assumptions(
    double HessianV, double HessianGradient, double ThirdV, double ThirdGradient, double Rho3, double Rho4)
{
    private const int MaxIterations = 20;
    private const double RelativeTolerance = 1e-3;

    // Step of a central difference of third derivatives along a unit vector: its error is of the order of its square.
    private const double Difference = 1e-3;

    /// <param name="objective">Loss L.</param>
    /// <param name="at">Point of the constrained trajectory.</param>
    /// <param name="v">Displacement of gradient descent [p]; not along the frame's directions alone.</param>
    public static Assumptions At(IObjective objective, ConstrainedPoint at, Tensor v)
    {
        using var scope = NewDisposeScope();
        var rho3 = Norm(at.Direction, w => at.Expansion.ThirdDerivative(w, w));
        var rho4 = Norm(at.Direction, w => FourthDerivative(objective, at.Theta, w));
        var (displacement, gradient) = (OrthogonalUnit(v), OrthogonalUnit(at.Expansion.Gradient));
        return new(
            Curvature(displacement) / at.Sharpness,
            Curvature(gradient) / at.Sharpness,
            Push(displacement) / rho3,
            Push(gradient) / rho3,
            rho3,
            rho4);

        Tensor OrthogonalUnit(Tensor w) => Unit(Orthonormal.ProjectOut(w, at.Directions));
        double Curvature(Tensor w) => w.dot(at.Expansion.HessianTimes(w)).abs().ToDouble();
        double Push(Tensor w) => at.Expansion.ThirdDerivative(w, w).norm().ToDouble();
    }

    /// <summary>Returns the largest |w . F(w)| that power iteration finds from a start, F being a derivative of L with all but
    /// one of its arguments w.</summary>
    /// <remarks>The iteration is shifted, w = +-F(w) + ||F(w)|| w scaled to length 1 (Kolda and Mayo 2011): without a shift it
    /// may jump between directions, or stop where F is 0, as from the top eigenvector itself. It finds a local maximum, so the
    /// norm is at least this. Once the value grows by less than a thousandth, one step without a shift concludes the
    /// iteration.</remarks>
    public static double Norm(Tensor start, Func<Tensor, Tensor> F)
    {
        using var scope = NewDisposeScope();
        var (w, largest) = (start, 0.0);
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var next = F(w);
            var value = w.dot(next).abs().ToDouble();
            var settled = value <= largest * (1 + RelativeTolerance);
            largest = Math.Max(largest, value);
            var length = next.norm().ToDouble();
            if (!(length > 0)) break;
            // A start w that is orthogonal to F(w) is not yet a local maximum.
            if (settled && iteration > 1)
            {
                var last = Unit(next);
                return Math.Max(largest, last.dot(F(last)).abs().ToDouble());
            }
            var sign = w.dot(next).ToDouble() < 0 ? -1 : 1;
            w = Unit((sign * next) + (length * w)).MoveToOuterDisposeScope();
        }
        return largest;
    }

    /// <summary>Computes D4L(w,w,w) [p] at theta by a central difference of third derivatives.</summary>
    public static Tensor FourthDerivative(IObjective objective, Tensor theta, Tensor w)
    {
        using var scope = NewDisposeScope();
        using var ahead = objective.ExpandAt(theta + Difference * w);
        using var behind = objective.ExpandAt(theta - Difference * w);
        return scope.MoveToOuter((ahead.ThirdDerivative(w, w) - behind.ThirdDerivative(w, w)) / (2 * Difference));
    }

    private static Tensor Unit(Tensor w) => w / w.norm();
}
