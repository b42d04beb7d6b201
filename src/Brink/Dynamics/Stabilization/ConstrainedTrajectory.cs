using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Dynamics.Stabilization;

/// <summary>The constrained trajectory: projected gradient descent, theta-dagger_{t+1} =
/// proj_M(theta-dagger_t - eta grad L), on the stable set M = { H at most (2/eta) I, grad L . u_i = 0 for the k directions u_i
/// at the edge } (Damian et al. 2023, definition of the constrained trajectory, for k = 1).</summary>
/// <remarks>
/// <para>A projection is a sequence of linear ones: theta - sum_ij X_ij P^perp D3L(u_i,u_j) - U^T Lambda^-1 U g, where the
/// multipliers X solve the linearised <see cref="ConeProblem"/>. With one direction X = max(0, S - 2/eta) / ||grad-perp S||^2,
/// as in the paper.</para>
/// <para>k changes automatically: an eigenvalue above <see cref="JoinFraction"/> times 2/eta joins the frame, one below
/// <see cref="LeaveFraction"/> times 2/eta leaves. A direction that joins is projected on at once, and the point records the
/// displacement.</para>
/// <para>Departs from the authors' code, which stops at a second direction and makes three linear projections, each at a point
/// of its own: (1) they continue until both constraints hold to the tolerance; (2) the first one is made where the step starts,
/// from the expansion there and the errors at the previous steps (<see cref="ProjectionPredictor"/>), so that a step usually
/// needs one expansion; (3) the normals P^perp D3L are those of the first projection, and computed again only where the
/// violation does not fall tenfold; <paramref name="NormalsEvery"/> determines where the first projection has them; (4) a round
/// may reverse part of an earlier one: X stays at least 0 as a whole.</para>
/// </remarks>
/// <param name="Objective">Loss L, in float64.</param>
/// <param name="LearningRate">Learning rate eta.</param>
/// <param name="Tracking">Parameters of the eigenpair tracker. Its first pairs are the frame; its tolerance bounds what the
/// alignment can reach.</param>
/// <param name="Tolerance">Tolerance of the eigenvalues relative to 2/eta, and of |U g| relative to ||g||.</param>
/// <param name="MaxRounds">Number of linear projections after which a point counts as not converged.</param>
/// <param name="MaxDirections">Largest k; each step computes k(k+1)/2 third derivatives.</param>
/// <param name="NormalsEvery">Steps between two measurements of the normals at theta - eta grad L, along which the step is
/// projected back; between them their turn is extrapolated (<see cref="NormalTurn"/>). 1: each linear projection has the
/// normals of its own point, from theta - eta grad L on, as in the authors' code. Null: the normals are those of the point
/// where the step starts, as they are for the push of the oscillation itself.</param>
public sealed record ConstrainedTrajectory(
    IObjective Objective,
    double LearningRate,
    EigenpairParameters Tracking,
    double Tolerance = 5e-7,
    int MaxRounds = 12,
    int MaxDirections = 10,
    int? NormalsEvery = null) : IResumable<ConstrainedPoint>
{
    /// <summary>Shares of 2/eta at which a direction joins the frame, and at which it leaves again.</summary>
    public const double JoinFraction = 0.95, LeaveFraction = 0.9;

    // Normals are kept as long as each round lowers the violation to this share of the one before.
    private const double ReuseThreshold = 0.1;

    // Relative residual of the cone problem above which the linearised bound cannot be met.
    internal const double ConeTolerance = 1e-6;

    private bool MeasuresNormals => NormalsEvery == 1;

    /// <summary>Returns the projection of theta [p] onto the stable set; the caller keeps theta.</summary>
    public ConstrainedPoint Start(Tensor theta)
    {
        using var scope = NewDisposeScope();
        // With two eigenvalues already at the edge, a projection with one direction would be ambiguous.
        using var expansion = Objective.ExpandAt(theta);
        using var tracker = new EigenpairTracker(Tracking);
        var (pairs, k) = (tracker.Track(expansion.Hessian(theta)), 1);
        for (; CanAddDirection(k, pairs) && pairs.Values[k] > JoinFraction * 2 / LearningRate; k++)
        {
            tracker.Parameters = Tracking with { Pairs = k + 1 };
            pairs = tracker.Track(expansion.Hessian(theta));
        }
        return WithAdaptedDirections(Projected(theta.clone(), k, new(PredictionErrors.None, tracker), null));
    }

    /// <inheritdoc/>
    public ConstrainedPoint Step(ConstrainedPoint state)
    {
        using var scope = NewDisposeScope();
        if (MeasuresNormals)
        {
            var descended = state.Theta - (LearningRate * state.Expansion.Gradient);
            return WithAdaptedDirections(Projected(
                descended, (int)state.Directions.shape[0], new(PredictionErrors.None, state.Tracker, state.Directions), null));
        }
        var turn = NormalsEvery is { } every ? TurnOfNormals(state, every) : default;
        var normals = turn.Known is null ? state.Normals : state.Normals + turn.Now;
        var B = turn.Known is null ? state.Stabilization : tensor(Multivector.Inner([normals], [normals]));
        var first = turn.Known is null
            ? ProjectionPredictor.From(state, LearningRate)
            : ProjectionPredictor.From(state, LearningRate, normals);
        var guess = new Guess(state.Projection.PredictionErrors, state.Tracker, state.Directions, normals, B, first, turn.Known);
        return WithAdaptedDirections(Projected(first.Theta, (int)state.Directions.shape[0], guess, null));
    }

    /// <summary>Returns the turn of a point's normals until theta - eta grad L [m,p], and the record for the next
    /// steps.</summary>
    private (Tensor Now, NormalTurn? Known) TurnOfNormals(ConstrainedPoint state, int every)
    {
        var known = state.Projection.Turn;
        if (known?.Next(every) is { } extrapolated) return (extrapolated, known.OneStepLater());
        var now = NormalsOfDescent(state) - state.Normals;
        return (now, NormalTurn.With(known, now));
    }

    /// <summary>Computes the normals at theta - eta grad L [m,p].</summary>
    private Tensor NormalsOfDescent(ConstrainedPoint state)
    {
        using var scope = NewDisposeScope();
        var theta = state.Theta - (LearningRate * state.Expansion.Gradient);
        using var expansion = Objective.ExpandAt(theta);
        var k = (int)state.Directions.shape[0];
        using var tracker = new EigenpairTracker(Tracking with { Pairs = k }, state.Tracker);
        var U = Orthonormal.Aligned(tracker.Track(expansion.Hessian(theta)).Vectors.narrow(0, 0, k), state.Directions);
        return scope.MoveToOuter(Orthonormal.ProjectOut(ConstrainedPoint.ThirdDerivatives(expansion, U), U));
    }

    /// <inheritdoc/>
    public void Save(ConstrainedPoint state, Snapshot to)
    {
        to.Set("theta", state.Theta);
        to.Set("directions", state.Directions);
        state.Tracker.Save(to.Part("pairs"));
        state.Projection.Save(to.Part("projection"));
    }

    /// <summary>Restores a point. Derived quantities are computed again, from one expansion and the third derivatives of its
    /// directions.</summary>
    public ConstrainedPoint Restored(Snapshot from)
    {
        using var scope = NewDisposeScope();
        var (theta, directions) = (from.Tensor("theta"), from.Tensor("directions"));
        return new(
            theta,
            Objective.ExpandAt(theta),
            EigenpairTracker.Restored(Tracking with { Pairs = (int)directions.shape[0] }, from.Part("pairs")),
            directions,
            LearningRate,
            Projection.Restored(from.Part("projection")));
    }

    /// <summary>Adapts the number of directions to the point's eigenvalues, and projects the point again after each
    /// change.</summary>
    private ConstrainedPoint WithAdaptedDirections(ConstrainedPoint point)
    {
        // Each change is by one direction. The limit stops a frame that alternates.
        for (var change = 0; change < MaxDirections && double.IsFinite(point.Projection.Violation); change++)
        {
            var (k, values) = ((int)point.Directions.shape[0], point.Pairs.Values);
            var wanted = CanAddDirection(k, point.Pairs) && values[k] > JoinFraction * point.Threshold ? k + 1
                : k > 1 && values[k - 1] < LeaveFraction * point.Threshold ? k - 1
                : k;
            if (wanted == k) break;
            using var scope = NewDisposeScope();
            var next = Projected(point.Theta.clone(), wanted, new(PredictionErrors.None, point.Tracker, point.Directions), point);
            point.Dispose();
            point = next;
        }
        return point;
    }

    private bool CanAddDirection(int k, Eigenpairs pairs) =>
        k < Math.Min(MaxDirections, Objective.Dimension - 1) && pairs.Values.Count > k;

    /// <summary>Projects theta in a frame of k directions.</summary>
    /// <param name="theta">Parameters [p].</param>
    /// <param name="k">Number of directions.</param>
    /// <param name="guess">Starting values from the previous point.</param>
    /// <param name="reframed">Point whose frame is being changed, with the same theta; otherwise null.</param>
    private ConstrainedPoint Projected(Tensor theta, int k, Guess guess, ConstrainedPoint? reframed)
    {
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(Tracking with { Pairs = k }, guess.Tracker);
        var bound = 2 / LearningRate * eye(k, dtype: ScalarType.Float64);
        var (frame, normals, B) = (guess.Directions, guess.Normals, guess.Stabilization);
        var X = guess.First?.Multipliers ?? zeros_like(bound);
        var (multiplier, before) = (guess.First?.Lowered.trace().ToDouble() ?? 0, double.PositiveInfinity);
        var errors = guess.Errors;
        for (var round = 0; ; round++)
        {
            var expansion = Objective.ExpandAt(theta);
            var pairs = tracker.Track(expansion.Hessian(theta));
            using var inner = NewDisposeScope();
            var U = pairs.Vectors.narrow(0, 0, k);
            frame ??= U.clone().MoveToOuterDisposeScope();
            U = Orthonormal.Aligned(U, frame);
            var (curvature, alignments) = (ConstrainedPoint.CurvatureIn(U, pairs), ConstrainedPoint.AlignmentsOf(U, expansion.Gradient));
            if (round == 0 && guess.First is { } first) errors = errors.With(first, curvature, alignments);

            var slack = bound - curvature;
            var distance = Complementarity(slack, B is null ? X : B.norm() * X);
            var violation = Math.Max(
                distance / (2 / LearningRate), (alignments.norm() / expansion.Gradient.norm()).ToDouble());
            var met = violation <= Tolerance;
            if (met || round == MaxRounds || !double.IsFinite(violation)) return Point(met);

            if (normals is null || MeasuresNormals || violation > ReuseThreshold * before)
            {
                normals = Orthonormal.ProjectOut(ConstrainedPoint.ThirdDerivatives(expansion, U), U).MoveToOuterDisposeScope();
                B = tensor(Multivector.Inner([normals], [normals])).MoveToOuterDisposeScope();
            }
            var cone = new ConeProblem(slack - SymmetricVector.Times(B!, X), B!).Solve();
            // An eigenvalue that does not change, as that of a quadratic, cannot be lowered.
            if (!(cone.Residual <= ConeTolerance)) return Point(false);
            var (a, b) = (cone.X - X, linalg.solve(curvature, alignments));
            var w = Multivector.Weights(cat([ones(1, dtype: b.dtype), -SymmetricVector.Of(a), -b]).unsqueeze(0));
            theta = Multivector.Combine(w, [theta, normals, U]).Rows[0].MoveToOuterDisposeScope();
            multiplier += SymmetricVector.Times(B!, a).trace().ToDouble();
            X = cone.X.MoveToOuterDisposeScope();
            before = violation;
            expansion.Dispose();

            ConstrainedPoint Point(bool converged) => new(theta, expansion, tracker, U, LearningRate, new(
                Math.Max(Rank(X), reframed?.Projection.Held ?? 0),
                multiplier + (reframed?.Projection.Multiplier ?? 0),
                distance,
                round + (guess.First is null ? 0 : 1) + (reframed?.Projection.Rounds ?? 0),
                converged,
                errors,
                reframed is null ? null : (reframed.Projection.FrameBeforeChange ?? reframed.Directions).clone().DetachFromDisposeScope(),
                reframed is null ? null
                    : (theta - reframed.Theta + (reframed.Projection.Shift ?? zeros_like(theta))).DetachFromDisposeScope(),
                guess.Turn?.Detached()));
        }
    }

    /// <summary>Measures how far the slack, and the multipliers in its units, are from being complementary and at least
    /// 0.</summary>
    private static double Complementarity(Tensor slack, Tensor X) => (slack - X).isfinite().all().ToBoolean()
        ? (slack - ConeProblem.Positive(slack - X)).norm().ToDouble()
        : double.NaN;

    private static int Rank(Tensor X)
    {
        if (!X.isfinite().all().ToBoolean()) return 0;
        var values = linalg.eigvalsh(X);
        return (int)values.gt(Math.Max(values.max().ToDouble() * 1e-9, 0)).sum().ToInt64();
    }

    /// <summary>Starting values of a projection.</summary>
    private sealed record Guess(
        PredictionErrors Errors,
        EigenpairTracker Tracker,
        Tensor? Directions = null,
        Tensor? Normals = null,
        Tensor? Stabilization = null,
        ProjectionPredictor? First = null,
        NormalTurn? Turn = null);
}
