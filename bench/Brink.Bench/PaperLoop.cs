using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Bench;

/// <summary>The tracked phase as in published code for the theory: a warm LOBPCG at every use, three linear projections a step,
/// each with its own third derivative, and a flow by fixed Runge-Kutta steps. For comparison only.</summary>
internal sealed class PaperLoop(IObjective objective, double eta, double tolerance) : IDisposable
{
    private const int Projections = 3, FlowSubsteps = 2;

    private readonly WarmLobpcg _solver = new(tolerance);
    private readonly Dictionary<string, Tensor> _warm = [];
    private Tensor _descent = empty(0), _flow = empty(0), _dagger = empty(0), _v = empty(0);

    /// <summary>|S - 2/eta| over 2/eta on the constrained trajectory, at the start of the last step.</summary>
    public double Violation { get; private set; }

    /// <param name="theta">Parameters [p] at the edge.</param>
    /// <param name="seed">Initial vector [p] of the eigensolver.</param>
    public void Start(Tensor theta, Tensor seed)
    {
        using var scope = NewDisposeScope();
        foreach (var process in new[] { "gd", "flow", "predicted", "dagger" }) _warm[process] = seed.clone().DetachFromDisposeScope();
        (_descent, _flow) = (theta.clone().DetachFromDisposeScope(), theta.clone().DetachFromDisposeScope());
        _dagger = Projected(theta).DetachFromDisposeScope();
        _v = (theta - _dagger).DetachFromDisposeScope();
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        // Gradient descent, its loss and sharpness.
        using (var at = objective.ExpandAt(_descent))
        {
            _ = Sharpness("gd", at);
            Replace(ref _descent, _descent - (eta * at.Gradient));
        }
        Replace(ref _flow, Flowed(_flow));
        using (var at = objective.ExpandAt(_flow)) _ = Sharpness("flow", at);

        // The constrained trajectory, the coefficients of the theory there, and its prediction.
        using var dagger = objective.ExpandAt(_dagger);
        var (value, u) = Sharpness("dagger", dagger);
        var normal = Orthonormal.ProjectOut(dagger.ThirdDerivative(u, u), u.unsqueeze(0));
        var (alpha, beta) = (-normal.dot(dagger.Gradient).ToDouble(), normal.dot(normal).ToDouble());
        Violation = Math.Abs(value - (2 / eta)) / (2 / eta);
        var next = Projected(_dagger - (eta * dagger.Gradient));
        var x = u.dot(_v).ToDouble();
        var y = normal.dot(_v).ToDouble();
        var orthogonal = _v - (x * u);
        orthogonal += (-eta * dagger.HessianTimes(orthogonal)) + (eta / 2 * ((2 * alpha / beta) - (x * x)) * normal);
        var turned = _warm["dagger"];
        var predicted = orthogonal - (turned * turned.dot(orthogonal)) - ((1 + (eta * y)) * x * turned);
        Replace(ref _dagger, next);
        Replace(ref _v, predicted);
        using var there = objective.ExpandAt(_dagger + _v);
        _ = Sharpness("predicted", there);
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[_descent, _flow, _dagger, _v, .. _warm.Values]) tensor.Dispose();
    }

    private Tensor Projected(Tensor theta)
    {
        using var scope = NewDisposeScope();
        for (var round = 0; round < Projections; round++)
        {
            using var at = objective.ExpandAt(theta);
            var (value, u) = Sharpness("dagger", at);
            var normal = Orthonormal.ProjectOut(at.ThirdDerivative(u, u), u.unsqueeze(0));
            var excess = Math.Max(0, value - (2 / eta));
            theta = theta - (excess / normal.dot(normal) * normal) - (u.dot(at.Gradient) / value * u);
        }
        return scope.MoveToOuter(theta);
    }

    private Tensor Flowed(Tensor theta)
    {
        using var scope = NewDisposeScope();
        var h = eta / FlowSubsteps;
        for (var substep = 0; substep < FlowSubsteps; substep++)
        {
            var k1 = Slope(theta);
            var k2 = Slope(theta - (h / 2 * k1));
            var k3 = Slope(theta - (h / 2 * k2));
            var k4 = Slope(theta - (h * k3));
            theta = theta - (h / 6 * (k1 + (2 * k2) + (2 * k3) + k4));
        }
        return scope.MoveToOuter(theta);

        Tensor Slope(Tensor at) => objective.LossAndGradient(at).Gradient;
    }

    private (double Value, Tensor Vector) Sharpness(string process, IExpansion at)
    {
        var (value, u) = _solver.Solve(at, _warm[process]);
        _warm[process].Dispose();
        _warm[process] = u.clone().DetachFromDisposeScope();
        return (value, u);
    }

    private static void Replace(ref Tensor old, Tensor tensor)
    {
        old.Dispose();
        old = tensor.DetachFromDisposeScope();
    }
}
