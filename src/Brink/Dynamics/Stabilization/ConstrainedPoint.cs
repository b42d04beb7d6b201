using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A point theta-dagger of the constrained trajectory with the quantities of the theory there
/// (Damian et al. 2023, section 4; docs/reference/notation.md).</summary>
/// <remarks>The frame consists of the k directions whose eigenvalues are at 2/eta or close to it, k at least 1. With k = 1, the
/// usual case, everything is as in the paper; otherwise the quantities of the paper's single direction are those of the first
/// one.</remarks>
public sealed class ConstrainedPoint : IDisposable
{
    // A slack of a few tolerances of the projection counts as zero.
    private const double SlackTolerance = 1e-5;

    internal ConstrainedPoint(
        Tensor theta, IExpansion expansion, EigenpairTracker tracker, Tensor directions, double learningRate, Projection projection)
    {
        using var scope = NewDisposeScope();
        (Expansion, Tracker, Threshold, Projection) = (expansion, tracker, 2 / learningRate, projection);
        Theta = theta.DetachFromDisposeScope();
        Directions = directions.DetachFromDisposeScope();
        Curvature = CurvatureIn(directions, Pairs).DetachFromDisposeScope();
        var full = ThirdDerivatives(expansion, directions);               // [m,p]
        Slopes = tensor(Multivector.Inner([full], [directions])).DetachFromDisposeScope();
        Normals = Orthonormal.ProjectOut(full, directions).DetachFromDisposeScope();
        var gradient = expansion.Gradient;
        GradientNorm = gradient.norm().ToDouble();
        Alignments = AlignmentsOf(directions, gradient).DetachFromDisposeScope();
        (Alignment, NewtonX) = (Alignments.norm().ToDouble(), Alignments[0].ToDouble() / Pairs.Values[0]);
        Sharpening = (-tensor(Multivector.Inner([Normals], [gradient])).squeeze(1)).DetachFromDisposeScope();
        Stabilization = tensor(Multivector.Inner([Normals], [Normals])).DetachFromDisposeScope();
        Covariance = Equilibrium(learningRate).DetachFromDisposeScope();
        (Alpha, Beta) = (Sharpening[0].ToDouble(), Stabilization[0, 0].ToDouble());
        (Direction, SharpnessGradient) = (Directions[0].DetachFromDisposeScope(), Normals[0].DetachFromDisposeScope());
    }

    /// <summary>The parameters theta-dagger [p].</summary>
    public Tensor Theta { get; }

    /// <summary>The expansion of L at theta-dagger; the point owns it.</summary>
    public IExpansion Expansion { get; }

    /// <summary>The largest eigenpairs, at least one more than the frame has directions.</summary>
    public Eigenpairs Pairs => Tracker.Last!;

    /// <summary>The tracker that found the pairs; the next point's tracker starts from it.</summary>
    internal EigenpairTracker Tracker { get; }

    /// <summary>The threshold 2/eta.</summary>
    public double Threshold { get; }

    /// <summary>U: orthonormal rows u_1, ..., u_k [k,p] that span the top k eigenvectors; each continues one of the previous
    /// point. A single direction is the unit top eigenvector.</summary>
    public Tensor Directions { get; }

    /// <summary>Lambda = U H U^T, shape [k,k]: the Hessian H restricted to the k directions, the rows of U. It is diagonal where
    /// these are eigenvectors.</summary>
    public Tensor Curvature { get; }

    /// <summary>The rows P_U^perp D3L(u_i,u_j) [m,p], m = k(k+1)/2, in the order and with the weights of
    /// <see cref="SymmetricVector"/>: the change of Lambda orthogonal to the directions. With a single direction this is
    /// grad-perp S.</summary>
    public Tensor Normals { get; }

    /// <summary>D3L(u_i,u_j) . u_l [m,k]: the change of Lambda along the directions themselves.</summary>
    public Tensor Slopes { get; }

    /// <summary>alpha_ij = -grad L . P^perp D3L(u_i,u_j), as a vector [m]: progressive sharpening.</summary>
    public Tensor Sharpening { get; }

    /// <summary>B [m,m]: the inner products of the normals; self-stabilization.</summary>
    public Tensor Stabilization { get; }

    /// <summary>Sigma [k,k], positive semidefinite: the mean x x^T of an oscillation that keeps the eigenvalues constant, 0 in
    /// directions that need no such oscillation. With a single direction on the edge this is delta^2.</summary>
    public Tensor Covariance { get; }

    /// <summary>The first direction u_1 [p].</summary>
    public Tensor Direction { get; }

    /// <summary>P^perp D3L(u_1,u_1) [p].</summary>
    public Tensor SharpnessGradient { get; }

    /// <summary>The loss L.</summary>
    public double Loss => Expansion.Loss;

    /// <summary>The sharpness S.</summary>
    public double Sharpness => Pairs.Values[0];

    /// <summary>The norm of the gradient, ||grad L||.</summary>
    public double GradientNorm { get; }

    /// <summary>The norm of the gradient without its components along u_1 and grad-perp S: the part that moves along the stable
    /// set.</summary>
    public double TangentialGradientNorm => Math.Sqrt(Math.Max(
        0, (GradientNorm * GradientNorm) - Math.Pow(NewtonX * Pairs.Values[0], 2) - (Alpha * Alpha / Beta)));

    /// <summary>U grad L [k]; 0 up to the tolerance.</summary>
    public Tensor Alignments { get; }

    /// <summary>|U grad L|: the violation of the second constraint.</summary>
    public double Alignment { get; }

    /// <summary>newton_x = u_1 . g / S: the distance of the minimum along u_1, to first order.</summary>
    public double NewtonX { get; }

    /// <summary>alpha = -grad L . grad-perp S of the first direction: progressive sharpening.</summary>
    public double Alpha { get; }

    /// <summary>beta = ||grad-perp S||^2 of the first direction: self-stabilization.</summary>
    public double Beta { get; }

    /// <summary>delta^2 = 2 alpha / beta; negative where the gradient lowers the sharpness, hence the root is never
    /// taken.</summary>
    public double DeltaSquared => 2 * Alpha / Beta;

    /// <summary>gamma: the cosine between -grad L and grad-perp S of the first direction.</summary>
    public double Gamma => Alpha / (GradientNorm * Math.Sqrt(Beta));

    /// <summary>The projection that led to the point.</summary>
    public Projection Projection { get; }

    /// <summary>True if the constraint S at most 2/eta is active.</summary>
    public bool Active => Projection.Held > 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        Expansion.Dispose();
        Tracker.Dispose();
        Projection.Dispose();
        foreach (var tensor in new[]
        {
            Theta, Directions, Direction, Curvature, Alignments, Normals, SharpnessGradient, Slopes, Sharpening, Stabilization, Covariance,
        })
        {
            tensor.Dispose();
        }
    }

    /// <summary>Computes U H U^T [k,k] for rows in the span of as many leading eigenvectors.</summary>
    internal static Tensor CurvatureIn(Tensor directions, Eigenpairs pairs)
    {
        using var scope = NewDisposeScope();
        var k = (int)directions.shape[0];
        var turn = tensor(Multivector.Inner([directions], [pairs.Vectors.narrow(0, 0, k)]));
        return scope.MoveToOuter((turn * tensor(pairs.Values.Take(k).ToArray())).mm(turn.t()));
    }

    /// <summary>Computes U g [k].</summary>
    internal static Tensor AlignmentsOf(Tensor directions, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(tensor(Multivector.Inner([directions], [gradient])).squeeze(1));
    }

    /// <summary>Computes D3L(u_i,u_j) [m,p] with the weights of <see cref="SymmetricVector"/>.</summary>
    internal static Tensor ThirdDerivatives(IExpansion expansion, Tensor directions)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(stack(SymmetricVector.Entries((int)directions.shape[0])
            .Select(entry => expansion.ThirdDerivative(directions[entry.I], directions[entry.J]) * entry.Weight)));
    }

    /// <summary>Computes Sigma. Sigma/2 stops Lambda's growth by alpha where there is no slack: it is at least 0, and
    /// orthogonal to slack / eta - alpha + B[Sigma/2], which is at least 0 too.</summary>
    private Tensor Equilibrium(double learningRate)
    {
        if (!Curvature.isfinite().all().ToBoolean()) return full_like(Curvature, double.NaN);
        var (slack, vectors) = linalg.eigh(Threshold * eye(Curvature.shape[0], dtype: Curvature.dtype) - Curvature);
        slack = where(slack > SlackTolerance * Threshold, slack, zeros_like(slack));
        var A = (vectors * slack).mm(vectors.t()) / learningRate - SymmetricVector.Matrix(Sharpening);
        return 2 * new ConeProblem(A, Stabilization).Solve().X;
    }
}

/// <summary>The projection that led to a point of the constrained trajectory, with its cost and errors.</summary>
/// <param name="Held">Number of directions whose eigenvalue the projection held at 2/eta: the rank of its multipliers.</param>
/// <param name="Multiplier">Amount by which the projection lowered the linearised eigenvalues, summed over the
/// directions.</param>
/// <param name="Violation">Distance of the eigenvalues from the bound: |S - 2/eta| of a single one that is held; otherwise the
/// excess of S over 2/eta, or 0.</param>
/// <param name="Rounds">Number of linear projections.</param>
/// <param name="Converged">True if both constraints were met to the tolerance.</param>
/// <param name="PredictionErrors">Errors of the predictor so far, since the frame last changed.</param>
/// <param name="FrameBeforeChange">Frame [k,p] that the previous step led to, if the number of directions then changed.</param>
/// <param name="Shift">Displacement of the point by that change [p].</param>
/// <param name="Turn">Turn of the normals over the step of descent; null if it is not followed.</param>
public sealed record Projection(
    int Held,
    double Multiplier,
    double Violation,
    int Rounds,
    bool Converged,
    PredictionErrors PredictionErrors,
    Tensor? FrameBeforeChange = null,
    Tensor? Shift = null,
    NormalTurn? Turn = null) : IDisposable
{
    internal void Save(Snapshot to)
    {
        to.Set("held", Held);
        to.Set("multiplier", Multiplier);
        to.Set("violation", Violation);
        to.Set("rounds", Rounds);
        to.Set("converged", Converged ? 1 : 0);
        PredictionErrors.Save(to.Part("misses"));
        if (FrameBeforeChange is not null) to.Set("arrival", FrameBeforeChange);
        if (Shift is not null) to.Set("shift", Shift);
        Turn?.Save(to.Part("turn"));
    }

    internal static Projection Restored(Snapshot from) => new(
        (int)from.Whole("held"),
        from.Number("multiplier"),
        from.Number("violation"),
        (int)from.Whole("rounds"),
        from.Whole("converged") == 1,
        PredictionErrors.Restored(from.Part("misses")),
        from.Has("arrival") ? from.Tensor("arrival") : null,
        from.Has("shift") ? from.Tensor("shift") : null,
        from.Part("turn").Has("last") ? NormalTurn.Restored(from.Part("turn")) : null);

    /// <inheritdoc/>
    public void Dispose()
    {
        FrameBeforeChange?.Dispose();
        Shift?.Dispose();
        Turn?.Dispose();
    }
}
