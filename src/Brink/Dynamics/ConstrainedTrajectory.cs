using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Dynamics;

/// <summary>The constrained trajectory: projected gradient descent, theta-dagger_{t+1} =
/// proj_M(theta-dagger_t - eta grad L), on the stable set M = { S at most 2/eta, grad L . u = 0 } (Damian et
/// al. 2023, definition of the constrained trajectory).</summary>
/// <remarks>
/// <para>A projection is a sequence of linear ones: theta - a grad-perp S / ||grad-perp S||^2 - b u, where a
/// = max(0, S - 2/eta) and b = (u . g) / S are what each constraint asks for by itself.</para>
/// <para>Departs from the authors' code: (1) the linear projections go on until both constraints hold to the
/// tolerance, where theirs are three; (2) each move disturbs the other constraint, and by nearly the same at
/// every step: the 2 by 2 matrix of these effects is learnt by Broyden's update and carried along; (3)
/// grad-perp S is computed for the first linear projection, and again only where the violation does not fall
/// tenfold; (4) a round may raise S again, never by more than was taken off: the sum of the a is the
/// multiplier of an inequality, and stays positive.</para>
/// </remarks>
/// <param name="Objective">L, in float64.</param>
/// <param name="LearningRate">eta.</param>
/// <param name="Tracker">Its first pair is S and u; its tolerance bounds what the alignment can
/// reach.</param>
/// <param name="Tolerance">Of |S - 2/eta| relative to 2/eta, and of |u . g| relative to ||g||.</param>
/// <param name="MaxRounds">Linear projections after which a point counts as not converged.</param>
public sealed record ConstrainedTrajectory(
    IObjective Objective,
    double LearningRate,
    EigenpairTracker Tracker,
    double Tolerance = 5e-7,
    int MaxRounds = 12) : IDynamics<ConstrainedPoint>
{
    // A kept normal is good as long as each round lowers the violation to this share of the one before.
    private const double KeptNormal = 0.1;

    public ConstrainedPoint Start(Tensor theta)
    {
        using var scope = NewDisposeScope();
        return Projected(theta.clone(), null, ConstraintCoupling.None);
    }

    public ConstrainedPoint Step(ConstrainedPoint state)
    {
        using var scope = NewDisposeScope();
        var moved = state.Theta - LearningRate * state.Expansion.Gradient;
        return Projected(moved, state.Pairs, state.Coupling);
    }

    private ConstrainedPoint Projected(Tensor theta, Eigenpairs? warm, ConstraintCoupling coupling)
    {
        using var scope = NewDisposeScope();
        var threshold = 2 / LearningRate;
        var (multiplier, before) = (0.0, double.PositiveInfinity);
        (double S, double X)? asked = null;   // of the last round, and what was done about it
        var (a, b) = (0.0, 0.0);
        Tensor? normal = null;                // grad-perp S / ||grad-perp S||^2
        Eigenpairs? last = null;
        for (var round = 0; ; round++)
        {
            var expansion = Objective.ExpandAt(theta);
            var pairs = Tracker.Track(expansion.Hessian(), last ?? warm);
            last?.Dispose();
            last = pairs;
            using var inner = NewDisposeScope();
            var u = pairs.Vectors[0];
            var S = pairs.Values[0];
            var alignment = u.dot(expansion.Gradient).ToDouble();
            // The first move is the long one; later ones are too short to tell the coupling from the
            // curvature of M.
            if (round == 1 && asked is { } was) coupling = coupling.Learnt(a, b, was.S - (S - threshold), was.X - (alignment / S));

            var excess = Math.Max(S - threshold, -multiplier);
            // Active, S has to be at 2/eta; below it the multiplier is given back, down to zero and an inactive constraint.
            var distance = multiplier > 0 ? Math.Abs(S - threshold) : Math.Max(S - threshold, 0);
            var violation = Math.Max(
                distance / threshold, Math.Abs(alignment) / expansion.Gradient.norm().ToDouble());
            var met = violation <= Tolerance;
            if (met || round == MaxRounds || !double.IsFinite(violation))
                return new(theta, expansion, pairs, multiplier, distance, coupling, round, met);

            if (normal is null || violation > KeptNormal * before)
            {
                var gradient = Orthonormal.Reject(expansion.ThirdDerivative(u, u), u);
                normal?.Dispose();
                // A sharpness that does not change, as a quadratic's, cannot be lowered.
                if (gradient.norm().ToDouble() == 0 && excess > 0)
                    return new(theta, expansion, pairs, multiplier, distance, coupling, round, false);
                normal = (gradient / Math.Max(gradient.dot(gradient).ToDouble(), double.Epsilon)).MoveToOuterDisposeScope();
            }
            (a, b) = coupling.Moves(excess, alignment / S, least: -multiplier);
            asked = (S - threshold, alignment / S);
            theta = (theta - a * normal - b * u).MoveToOuterDisposeScope();
            expansion.Dispose();
            multiplier += a;
            before = violation;
        }
    }
}

/// <summary>By how much the two moves of a linear projection lower the two constraints: (S, x) = J (a, b),
/// the identity to first order.</summary>
internal sealed record ConstraintCoupling(double Saa, double Sab, double Xa, double Xb)
{
    public static readonly ConstraintCoupling None = new(1, 0, 0, 1);

    /// <summary>The moves (a, b) that lower S by s and x by x; a is at least the given number.</summary>
    public (double A, double B) Moves(double s, double x, double least)
    {
        var a = s == least ? s : ((Xb * s) - (Sab * x)) / ((Saa * Xb) - (Sab * Xa));
        a = Math.Max(a, least);
        return (a, (x - (Xa * a)) / Xb);
    }

    /// <summary>Broyden's update: the least change of J that explains what the moves did.</summary>
    public ConstraintCoupling Learnt(double a, double b, double s, double x)
    {
        var length = (a * a) + (b * b);
        var (ds, dx) = (s - (Saa * a) - (Sab * b), x - (Xa * a) - (Xb * b));
        if (!(length > 0) || !double.IsFinite(ds + dx)) return this;
        var learnt = new ConstraintCoupling(
            Saa + (ds * a / length), Sab + (ds * b / length), Xa + (dx * a / length), Xb + (dx * b / length));
        // Near the identity by its meaning; what rounding or a long first step taught otherwise is not worth
        // carrying.
        return learnt is { Saa: > 0.5 and < 2, Xb: > 0.5 and < 2 } && learnt.Sab * learnt.Xa is > -0.25 and < 0.25 ? learnt : None;
    }
}
