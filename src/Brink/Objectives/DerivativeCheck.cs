using static System.FormattableString;

namespace Brink.Objectives;

/// <summary>Checks at one point, in the precision and with the micro-batches of a run, that gradient and Hessian products are
/// the derivatives of the loss. Takes about eight gradients.</summary>
/// <remarks>
/// <para>libtorch computes some derivatives wrongly without an error (the second one of <c>_weight_norm</c> on the CPU, the
/// gradient of an embedding that is scaled by frequency), and a detached or quantised part of a model passes no gradient.
/// An eigenvalue of such a product has a small residual and is wrong. Hence three comparisons along one direction v: the slope
/// of the loss with g.v, the difference of gradients with H v, and u.Hv with v.Hu.</para>
/// <para>Differences are taken at three steps h, relative to the size of each parameter: eps^(1/2), eps^(1/4) and eps^(1/6).
/// The error of a right derivative falls with h; that of a wrong one stays. Kinks (relu, max pooling) make both differences
/// uncertain as long as some are crossed: what the forward and the backward difference of gradients disagree by bounds what a
/// central difference can say, and a derivative is refuted only beyond it. Rounding inside the model (a conversion to
/// float16) hides the slope at small steps and not at large ones: the loss is a staircase around a function whose derivative
/// this is.</para>
/// </remarks>
/// <param name="Seed">Of the random directions.</param>
public sealed record DerivativeCheck(long Seed = 0)
{
    // Largest relative change of the differences between two steps for which they count as the same.
    private const double Same = 0.2;

    // Relative error that differences across the steps of a staircase may have.
    private const double Coarse = 0.1;

    // Relative error at the largest step, and at the middle one, from which the loss counts as a staircase.
    private const double Steep = 0.3;

    // Share of the disagreement of forward and backward differences that a central difference may be off by.
    private const double Uncertainty = 3;

    // Further directions along which a wrong slope has to show.
    private static readonly int[] Confirmations = [5, 6];

    private const string NotFinite = "the loss, its gradient or a Hessian product is not finite";

    /// <param name="loss">The objective; of a long sum its first term is enough.</param>
    /// <param name="theta">The point [p].</param>
    /// <param name="parts">Name and size of each parameter, in the order of theta.</param>
    public DerivativeVerdict At(IObjective loss, Tensor theta, IEnumerable<(string Name, long Size)> parts)
    {
        using var scope = NewDisposeScope();
        using var point = new CheckedPoint(loss, theta, [.. parts], Seed);
        if (!point.IsFinite) return new(double.NaN, double.NaN, double.NaN) { Undecided = NotFinite };
        var (unreached, idle) = point.WithoutGradient();
        if (unreached.Count > 0)
        {
            return new(1, double.NaN, double.NaN)
            {
                Unreached = unreached,
                WithoutInfluence = idle,
                Fault = $"the loss changes with {string.Join(", ", unreached)}, but autograd does not reach "
                    + $"{(unreached.Count == 1 ? "it" : "them")} (relative error of the gradient 1): look for detach, no_grad, rounding or "
                    + "quantisation behind it",
            };
        }

        var v = point.Direction(null);
        var slope = Slope(point, v);
        // Differences across kinks may agree by chance along one direction.
        if (slope.Fault is { } wrong && Confirmations.All(number => Slope(point, point.Direction(null, number)).Fault is not null))
        {
            var (place, error) = Place(point, along => Slope(point, along) is { Fault: not null } found ? found.Error : null) ?? ("", slope.Error);
            return new(error, double.NaN, double.NaN)
            {
                WithoutInfluence = idle,
                Fault = Invariant($"the gradient is not that of the loss{place}: {wrong} (relative error {error:g2})"),
            };
        }
        var Hv = point.Times(v);
        if (!Hv.isfinite().all().ToBoolean()) return new(slope.Error, double.NaN, double.NaN) { Undecided = NotFinite };
        var products = Product(point, v, Hv, slope.Rounds);
        var verdict = new DerivativeVerdict(slope.Error, products.Error, point.Asymmetry(point.Direction(null, 2), v, Hv))
        {
            WithoutInfluence = idle,
            RoundsInside = slope.Rounds,
            Undecided = slope.Undecided ?? products.Undecided,
            ProductNoise = slope.Rounds ? point.ProductNoise(v, slope.Error <= point.SlopeTolerance ? point.Middle : point.Large) : 0,
        };
        if (products.Wrong)
        {
            var (place, error) = Place(point, along => Product(point, along, point.Times(along), slope.Rounds) is { Wrong: true } found ? found.Error : null)
                ?? ("", products.Error);
            return verdict with
            {
                ProductError = error,
                Fault = Invariant($"the second derivative is not that of the loss{place}: Hessian products differ from differences of ")
                    + Invariant($"gradients (relative error {error:g2})"),
            };
        }
        // Rounding inside makes products unsymmetric by as much as it makes them uncertain.
        return verdict.Asymmetry <= point.Tolerance || slope.Rounds ? verdict : verdict with
        {
            Fault = Invariant($"the second derivative is not symmetric: u.Hv and v.Hu differ (relative error {verdict.Asymmetry:g2})"),
        };
    }

    private static (double Error, string? Fault, bool Rounds, string? Undecided) Slope(CheckedPoint point, Tensor v)
    {
        using var scope = NewDisposeScope();
        var (small, middle, large) = (point.Slope(v, point.Small), point.Slope(v, point.Middle), point.Slope(v, point.Large));
        // The smallest step at which rounding of the loss leaves something to see.
        var (fine, coarse) = small.Decisive ? (small, middle) : (middle, large);
        if (!fine.Decisive) return (double.NaN, null, false, "the loss is too flat for differences of its rounded values");
        if (fine.Error <= point.SlopeTolerance)
        {
            return middle.Error > Coarse && large.Error > Steep && large.Error < middle.Error / Same
                ? (large.Error, "the loss changes in steps, and the gradient is that of one step: rounding or quantisation inside", false, null)
                : (fine.Error, null, false, null);
        }
        if (Math.Abs(fine.Difference - coarse.Difference) <= Same * Math.Max(Math.Abs(fine.Difference), Math.Abs(coarse.Difference)))
            return (fine.Error, "its slope differs from differences of the loss", false, null);
        var best = Math.Min(middle.Error, large.Error);
        if (point.Precision == ScalarType.Float32)
            return (best, null, false, Invariant($"its slope agrees with differences of the loss to {best:g2} only, across kinks (relu, max pooling) or rounding"));
        return best <= Coarse
            ? (best, null, true, null)
            : (best, "its slope differs from differences of the loss at every step", false, null);
    }

    private static (double Error, bool Wrong, string? Undecided) Product(CheckedPoint point, Tensor v, Tensor Hv, bool rounds)
    {
        var (best, wrong) = (double.PositiveInfinity, true);
        double[] steps = rounds ? [point.Large] : [point.Middle, point.Small, point.Tiny];
        foreach (var h in steps)
        {
            using var scope = NewDisposeScope();
            var (error, gap) = point.Product(v, Hv, h);
            if (error <= (rounds ? Coarse : point.Tolerance)) return (error, false, null);
            wrong &= error > point.Tolerance + (Uncertainty * gap);
            best = Math.Min(best, error);
        }
        return (best, wrong, wrong || rounds ? null
            : Invariant($"Hessian products agree with differences of gradients to {best:g2} only, which {point.Precision} cannot resolve across kinks (relu, max pooling)"));
    }

    /// <summary>The last parameter along which a comparison fails, and its error. Along the parameters behind a wrong operation it
    /// is right.</summary>
    private static (string Place, double Error)? Place(CheckedPoint point, Func<Tensor, double?> failure)
    {
        for (var i = point.Parts.Count - 1; i >= 0; i--)
        {
            using var scope = NewDisposeScope();
            if (failure(point.Direction(i)) is { } error) return ($" along {point.Parts[i].Name}", error);
        }
        return null;
    }
}
