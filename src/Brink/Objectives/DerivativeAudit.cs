using System.Runtime.InteropServices;

namespace Brink.Objectives;

/// <summary>Checks in float64 that an objective's derivatives are those of its loss: gradient, Hessian product and third
/// derivative against central differences of the order below. Also checks them in a run's own precision against
/// float64.</summary>
/// <remarks>libtorch computes some third derivatives wrongly without an error (fused layer_norm, training-mode batch_norm),
/// some float32 convolutions too, and refuses some second derivatives; a loss with dropout has none. Audit every objective
/// before trusting it.</remarks>
/// <param name="Tolerance">Largest relative error against differences.</param>
/// <param name="PrecisionTolerance">Largest relative error of float32 against float64.</param>
/// <param name="Seed">Seed of the random directions.</param>
public sealed record DerivativeAudit(double Tolerance = 1e-5, double PrecisionTolerance = 1e-4, long Seed = 0)
{
    // The error of a central difference falls as h^2 until rounding, eps/h, dominates, and a kink of relu needs a small h: the
    // best error over these steps decides. A wrong derivative is wrong at all of them.
    private static readonly double[] Steps = [1e-2, 1e-3, 1e-4, 1e-5];

    /// <param name="objective">Objective in float64.</param>
    /// <param name="theta">Point [p], away from a start at which heads and biases are zero: that would hide much.</param>
    /// <param name="layers">Name and number of parameters of each part of theta, in the order of the forward pass; a wrong
    /// derivative is located between two neighbouring parts.</param>
    public AuditReport At(IObjective objective, Tensor theta, IReadOnlyList<(string Name, long Size)> layers)
    {
        if (objective.Precision != ScalarType.Float64)
            throw new ArgumentException(
                $"the objective is in {objective.Precision}; pass the same objective in float64", nameof(objective));
        using var scope = NewDisposeScope();
        if (!IsDeterministic(objective, theta))
            return new([], "the loss differs between two calls at one point, as with dropout or a norm that keeps statistics; "
                + "make it a function of theta alone");
        var (u, v) = (Direction(theta, 1), Direction(theta, 2));
        try
        {
            var checks = Checks(objective, theta, u);
            using var expansion = objective.ExpandAt(theta);
            var (Hu, Hv) = (expansion.HessianTimes(u), expansion.HessianTimes(v));
            var asymmetry = (v.dot(Hu) - u.dot(Hv)).abs().ToDouble() / Math.Max(Hu.norm().ToDouble(), double.Epsilon);
            checks.Insert(2, new("symmetry", asymmetry, null, Tolerance));
            var wrong = checks.FirstOrDefault(check => !check.Passed);
            return new(checks, wrong is null ? null : Explanation(objective, theta, layers, wrong));
        }
        catch (ExternalException e)
        {
            return new([], $"libtorch has no such derivative: {e.Message.Split('\n')[0].Trim()}; compose the layer from "
                + "elementary operations (fused attention has no second derivative on the CPU)");
        }
    }

    /// <summary>Checks the same derivatives in another precision, with its micro-batches, against float64.</summary>
    public AuditReport Precision(IObjective rounded, IObjective exact, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var u = Direction(theta, 1);
        using var a = rounded.ExpandAt(theta.to(rounded.Precision));
        using var b = exact.ExpandAt(theta);
        var lower = u.to(rounded.Precision);
        AuditCheck Check(string name, Tensor value, Tensor reference) =>
            new(name, Relative(value.to(ScalarType.Float64), reference), null, PrecisionTolerance);
        AuditCheck[] checks =
        [
            Check("gradient", a.Gradient, b.Gradient),
            Check("hessian", a.HessianTimes(lower), b.HessianTimes(u)),
            Check("third", a.ThirdDerivative(lower, lower), b.ThirdDerivative(u, u)),
        ];
        return new(checks, checks.All(check => check.Passed) ? null
            : $"{rounded.Precision} differs from float64 by more than rounding: run 'brink doctor', which shows the "
                + "convolutions that libtorch computes wrongly on this machine");
    }

    private List<AuditCheck> Checks(IObjective objective, Tensor theta, Tensor u)
    {
        using var scope = NewDisposeScope();
        using var at = objective.ExpandAt(theta);
        // With a component along the gradient: a slope orthogonal to it shows nothing.
        var d = at.Gradient.norm().ToDouble() is var length and > 0 ? at.Gradient / length + u : u;
        var (third, product) = (at.ThirdDerivative(u, u), at.HessianTimes(u));
        var slope = at.Gradient.dot(d).unsqueeze(0);
        List<double> first = [], second = [], last = [];
        foreach (var h in Steps)
        {
            using var inner = NewDisposeScope();
            using var ahead = objective.ExpandAt(theta + h * u);
            using var behind = objective.ExpandAt(theta - h * u);
            var difference = (objective.Loss(theta + h * d) - objective.Loss(theta - h * d)) / (2 * h);
            first.Add(Relative(tensor(new[] { difference }), slope));
            second.Add(Relative((ahead.Gradient - behind.Gradient) / (2 * h), product));
            last.Add(Relative((ahead.HessianTimes(u) - behind.HessianTimes(u)) / (2 * h), third));
        }
        return [Verdict("gradient", first), Verdict("hessian", second), Verdict("third", last)];
    }

    private AuditCheck Verdict(string name, List<double> errors) =>
        new(name, errors.Any(double.IsNaN) ? double.NaN : errors.Min(), Math.Log10(errors[0] / errors[1]), Tolerance);

    /// <summary>Locates a wrong derivative: along the parameters of one layer alone it is right if every layer after that one
    /// is. The search starts at the last layer.</summary>
    private string Explanation(
        IObjective objective, Tensor theta, IReadOnlyList<(string Name, long Size)> layers, AuditCheck wrong)
    {
        var end = theta.shape[0];
        string? after = null;
        foreach (var (name, size) in layers.Reverse())
        {
            using var scope = NewDisposeScope();
            end -= size;
            var u = zeros_like(theta);
            u.narrow(0, end, size).copy_(Direction(theta.narrow(0, end, size), 3));
            if (!Checks(objective, theta, u).All(check => check.Passed))
            {
                var place = after is null ? $"after {name}" : $"between {name} and {after}";
                return $"{Shown(wrong)} {place}; compose that layer from elementary operations, for example fused layer_norm or "
                    + "training-mode batch_norm from mean, product and rsqrt";
            }
            after = name;
        }
        return $"{Shown(wrong)}, but not along the parameters of any single layer; compose the layers from elementary operations";
    }

    private static string Shown(AuditCheck wrong) => wrong.Quantity switch
    {
        "gradient" => "the gradient is wrong",
        "hessian" => "the second derivative is wrong",
        "symmetry" => "the second derivative is not symmetric",
        _ => "the third derivative is wrong",
    };

    private static bool IsDeterministic(IObjective objective, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var (loss, gradient) = objective.LossAndGradient(theta);
        var (again, gradientAgain) = objective.LossAndGradient(theta);
        return loss.Equals(again) && gradient.equal(gradientAgain).all().ToBoolean();
    }

    private Tensor Direction(Tensor theta, int number)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)((Seed * 101) + number), CPU);
        var direction = randn(theta.shape[0], dtype: theta.dtype, generator: generator);
        return scope.MoveToOuter(direction / direction.norm());
    }

    /// <summary>||value - reference|| / ||reference||; 0 if both are only rounding.</summary>
    private static double Relative(Tensor value, Tensor reference)
    {
        var (difference, scale) = ((value - reference).norm().ToDouble(), reference.norm().ToDouble());
        return difference <= 1e-12 && scale <= 1e-12 ? 0 : difference / scale;
    }
}

/// <param name="Quantity">gradient, hessian, symmetry or third.</param>
/// <param name="RelativeError">Relative error, the smallest over all steps.</param>
/// <param name="Order">Order at which the error fell between the two longest steps: 2 for a right derivative; null if no
/// difference was taken.</param>
/// <param name="Tolerance">Largest error that passes.</param>
public sealed record AuditCheck(string Quantity, double RelativeError, double? Order, double Tolerance)
{
    /// <summary>True if the relative error is at most the tolerance.</summary>
    public bool Passed => RelativeError <= Tolerance;
}

/// <param name="Checks">The checks; empty if the audit could not be made.</param>
/// <param name="Fault">The fault, its place and the remedy; null if all passed.</param>
public sealed record AuditReport(IReadOnlyList<AuditCheck> Checks, string? Fault)
{
    /// <summary>True if there is no fault.</summary>
    public bool Passed => Fault is null;
}
