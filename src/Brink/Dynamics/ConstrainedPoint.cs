using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Dynamics;

/// <summary>A point theta-dagger of the constrained trajectory with the quantities of the theory there
/// (Damian et al. 2023, section 4; docs/notation.md).</summary>
public sealed class ConstrainedPoint : IDisposable
{
    internal ConstrainedPoint(
        Tensor theta,
        IExpansion expansion,
        Eigenpairs pairs,
        double multiplier,
        double violation,
        ConstraintCoupling coupling,
        int rounds,
        bool converged)
    {
        (Theta, Expansion, Pairs) = (theta.DetachFromDisposeScope(), expansion, pairs);
        (Multiplier, Violation, Coupling) = (multiplier, violation, coupling);
        (Rounds, Converged) = (rounds, converged);
        using var scope = NewDisposeScope();
        Direction = pairs.Vectors[0].DetachFromDisposeScope();
        var full = expansion.ThirdDerivative(Direction, Direction);   // grad S
        SharpnessSlope = Direction.dot(full).ToDouble();
        SharpnessGradient = Orthonormal.Reject(full, Direction).DetachFromDisposeScope();
        var gradient = expansion.Gradient;
        GradientNorm = gradient.norm().ToDouble();
        Alignment = Direction.dot(gradient).ToDouble();
        Alpha = -gradient.dot(SharpnessGradient).ToDouble();
        Beta = SharpnessGradient.dot(SharpnessGradient).ToDouble();
    }

    /// <summary>theta-dagger [p].</summary>
    public Tensor Theta { get; }

    public IExpansion Expansion { get; }

    public Eigenpairs Pairs { get; }

    /// <summary>u [p], the unit top eigenvector; its sign continues the point before.</summary>
    public Tensor Direction { get; }

    /// <summary>grad-perp S = P_u^perp D3L(u,u) [p].</summary>
    public Tensor SharpnessGradient { get; }

    /// <summary>u . grad S = D3L(u,u,u): how the sharpness changes along u.</summary>
    public double SharpnessSlope { get; }

    public double Loss => Expansion.Loss;

    /// <summary>S.</summary>
    public double Sharpness => Pairs.Values[0];

    public double GradientNorm { get; }

    /// <summary>u . grad L: the violation of the second constraint.</summary>
    public double Alignment { get; }

    /// <summary>newton_x = u . g / S: how far the minimum along u is away, to first order.</summary>
    public double NewtonX => Alignment / Sharpness;

    /// <summary>alpha = -grad L . grad-perp S: progressive sharpening.</summary>
    public double Alpha { get; }

    /// <summary>beta = ||grad-perp S||^2: self-stabilization.</summary>
    public double Beta { get; }

    /// <summary>delta^2 = 2 alpha / beta; negative where the gradient lowers the sharpness, hence never a
    /// root of it.</summary>
    public double DeltaSquared => 2 * Alpha / Beta;

    /// <summary>gamma: the cosine between -grad L and grad-perp S.</summary>
    public double Gamma => Alpha / (GradientNorm * Math.Sqrt(Beta));

    /// <summary>Sum of what the projection took off the linearised sharpness; above 0 exactly where S was
    /// held at 2/eta.</summary>
    public double Multiplier { get; }

    /// <summary>Whether the constraint S at most 2/eta is active.</summary>
    public bool Active => Multiplier > 0;

    /// <summary>|S - 2/eta| where active; else how far S exceeds 2/eta, or 0.</summary>
    public double Violation { get; }

    /// <summary>What the next projection starts from.</summary>
    internal ConstraintCoupling Coupling { get; }

    /// <summary>Linear projections that it took.</summary>
    public int Rounds { get; }

    /// <summary>Whether both constraints were met to the tolerance.</summary>
    public bool Converged { get; }

    public void Dispose()
    {
        Expansion.Dispose();
        Pairs.Dispose();
        Theta.Dispose();
        Direction.Dispose();
        SharpnessGradient.Dispose();
    }
}
