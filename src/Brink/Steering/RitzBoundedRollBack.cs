using Brink.Algebra;

namespace Brink.Steering;

/// <summary>Roll back and cut, with the curvature that the last gradients show, H s = y for the last steps s and changes y of the
/// gradient: a step whose loss would be too large by it is not made, and the rate is cut at once. It takes no gradient more.</summary>
/// <remarks>
/// <para>The part of the update in the span of the last steps has the curvature that they show; the part outside is given the largest
/// Ritz value on the span. That value is at most the largest eigenvalue, so that the bound is not certain: the roll-back stays
/// behind it.</para>
/// <para>The relation H s = y holds for gradients of one loss: the policy is for full batches.</para>
/// </remarks>
/// <param name="RollBack">The policy whose threshold holds.</param>
/// <param name="Pairs">Number of the last steps that are kept, with their changes of the gradient: 2 Pairs + 2 vectors [p].</param>
public sealed record RitzBoundedRollBack(RollBackAndCut RollBack, int Pairs = 5) : SteeringPolicy
{
    // Directions whose share of the Gram matrix is below are not independent of the others.
    private const double Independent = 1e-8;

    /// <inheritdoc/>
    public override SteeringState Start(SteeringPoint at) => Of(RollBack.Start(at.Loss), [], at);

    /// <inheritdoc/>
    public override (SteeringState State, SteeringDecision Decision) Next(SteeringState state, SteeringPoint at)
    {
        var last = (Ritz)state;
        var (next, decision) = RollBack.Next(last.Inner, at.Loss);
        if (decision != SteeringDecision.Accept)
            return (last.Copy() with { Inner = next, Multiple = next.Multiple }, decision);
        using var scope = NewDisposeScope();
        var secant = new Secant(
            (at.Point.Theta - last.Theta).DetachFromDisposeScope(), (at.Point.Gradient - last.Gradient).DetachFromDisposeScope());
        return (Of(next, [.. last.Secants.TakeLast(Pairs - 1).Select(one => one.Copy()), secant], at), decision);
    }

    /// <inheritdoc/>
    public override double MultipleAfter(SteeringState state, int steps) => RollBack.MultipleAfter(((Ritz)state).Inner, steps);

    /// <inheritdoc/>
    public override void Save(SteeringState state, Snapshot to)
    {
        var ritz = (Ritz)state;
        RollBack.Save(ritz.Inner, to.Part("roll_back"));
        to.Set("theta", ritz.Theta);
        to.Set("gradient", ritz.Gradient);
        to.Set("secants", (long)ritz.Secants.Count);
        for (var i = 0; i < ritz.Secants.Count; i++)
        {
            to.Set($"step_{i}", ritz.Secants[i].Step);
            to.Set($"change_{i}", ritz.Secants[i].Change);
        }
    }

    /// <inheritdoc/>
    public override SteeringState Restored(Snapshot from) => new Ritz(
        (RollBackState)RollBack.Restored(from.Part("roll_back")),
        [
            .. Enumerable.Range(0, (int)from.Whole("secants"))
                .Select(i => new Secant(from.Tensor($"step_{i}"), from.Tensor($"change_{i}"))),
        ],
        from.Tensor("theta"),
        from.Tensor("gradient"));

    private Ritz Of(RollBackState inner, Secant[] secants, SteeringPoint at)
    {
        if (secants.Length > 0)
        {
            using var scope = NewDisposeScope();
            var update = at.LearningRate * at.Update();
            var (slope, curvature) = (at.Point.Gradient.dot(update).ToDouble(), Curvature(secants, update));
            var threshold = RollBack.Threshold(inner);
            // A NaN is no reason to cut.
            while (at.Loss + (inner.Multiple * slope) + (inner.Multiple * inner.Multiple * curvature / 2) > threshold)
                inner = RollBack.AfterCut(inner);
        }
        return new(inner, secants, at.Point.Theta.clone().DetachFromDisposeScope(), at.Point.Gradient.clone().DetachFromDisposeScope());
    }

    /// <summary>The curvature u.Hu that the secants show.</summary>
    internal static double Curvature(IReadOnlyList<Secant> secants, Tensor update)
    {
        using var scope = NewDisposeScope();
        // Unit steps [k,p], so that the small eigenvalues of the Gram matrix show dependence alone.
        var norms = stack(secants.Select(one => one.Step.norm())).unsqueeze(1).clamp_min(double.Epsilon);
        var steps = stack(secants.Select(one => one.Step)) / norms;
        var changes = stack(secants.Select(one => one.Change)) / norms;
        var (values, vectors) = linalg.eigh(steps.mm(steps.t()).to(ScalarType.Float64));
        var basis = (vectors / values.clamp_min(Independent).sqrt() * (values > Independent)).t();   // [k,k]: rows of an orthonormal basis
        var small = basis.mm(steps.mm(changes.t()).to(ScalarType.Float64)).mm(basis.t());
        var projected = (small + small.t()) / 2;
        var inside = basis.mv(steps.mv(update).to(ScalarType.Float64));   // coordinates of the update
        var outside = Math.Max(0, update.square().sum().ToDouble() - inside.square().sum().ToDouble());
        var largest = linalg.eigvalsh(projected).max().ToDouble();
        return inside.dot(projected.mv(inside)).ToDouble() + (Math.Max(0, largest) * outside);
    }

    /// <summary>A step and the change of the gradient along it [p].</summary>
    internal sealed record Secant(Tensor Step, Tensor Change) : IDisposable
    {
        public Secant Copy() => new(Step.clone().DetachFromDisposeScope(), Change.clone().DetachFromDisposeScope());

        public void Dispose()
        {
            Step.Dispose();
            Change.Dispose();
        }
    }

    private sealed record Ritz(RollBackState Inner, IReadOnlyList<Secant> Secants, Tensor Theta, Tensor Gradient)
        : SteeringState(Inner.Multiple)
    {
        public Ritz Copy() => this with
        {
            Secants = [.. Secants.Select(one => one.Copy())],
            Theta = Theta.clone().DetachFromDisposeScope(),
            Gradient = Gradient.clone().DetachFromDisposeScope(),
        };

        public override void Dispose()
        {
            foreach (var secant in Secants) secant.Dispose();
            Theta.Dispose();
            Gradient.Dispose();
            base.Dispose();
        }
    }
}
