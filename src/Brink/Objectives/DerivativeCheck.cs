using Brink.Algebra;
using static System.FormattableString;

namespace Brink.Objectives;

/// <summary>Checks at one point, in the precision and with the micro-batches of a run, that gradient and Hessian products are
/// the derivatives of the loss. Takes some ten gradients, and two losses for each of up to 32 groups of parameters.</summary>
/// <remarks>
/// <para>libtorch computes some derivatives wrongly without an error (the second one of <c>_weight_norm</c> on the CPU, the
/// gradient of an embedding that is scaled by frequency), and a detached or quantised part of a model passes no gradient.
/// An eigenvalue of such a product has a small residual and is wrong. Hence three comparisons along one direction v: the slope
/// of the loss with g.v, the difference of gradients with H v, and u.Hv with v.Hu.</para>
/// <para>Differences are taken at three steps h, relative to the size of each parameter: eps^(1/2), eps^(1/4) and eps^(1/6).
/// The error of a right derivative falls with h; that of a wrong one stays. Kinks (relu, max pooling) make both uncertain as
/// long as some are crossed: the disagreement of the forward and the backward difference of gradients bounds the error of a
/// central difference, and a derivative is refuted only beyond it. Rounding inside the model (a conversion to float16) hides
/// the slope at small steps but not at large ones: the loss is then a staircase around a function that has this
/// derivative.</para>
/// </remarks>
/// <param name="Seed">Seed of the random directions.</param>
public sealed record DerivativeCheck(long Seed = 0)
{
    // Largest relative change of the differences between two steps for which they count as the same.
    private const double Same = 0.2;

    // Relative error that differences across the steps of a staircase may have.
    private const double Coarse = 0.1;

    // Relative error at the largest step, and at the middle one, from which the loss counts as a staircase.
    private const double StaircaseError = 0.3;

    // Error allowed for a central difference, as a multiple of the disagreement of forward and backward differences.
    private const double Uncertainty = 3;

    // Further directions along which a wrong slope has to show.
    private static readonly int[] Confirmations = [5, 6];

    // A step in float64 across many steps of a staircase of bfloat16.
    private const double Long = 3e-2;

    // Noise of a product up to which no rounding is visible.
    private const double NegligibleNoise = 1e-10;

    // Largest number of groups of parameters that are compared separately.
    private const int Groups = 32;

    private const string NotFinite = "the loss, its gradient or a Hessian product is not finite";

    private const string Differs =
        "the slope differs from differences of the loss; look for detach, scaled gradients or rounding in the model";

    private const string Staircase =
        "the loss changes in steps, and the gradient is that of one step; look for rounding or quantisation in the model";

    private const string Compose = "compose the wrong operation from elementary ones";

    /// <param name="loss">The objective.</param>
    /// <param name="theta">The point [p].</param>
    /// <param name="parts">Name and size of each parameter, in the order of theta.</param>
    public DerivativeVerdict At(IObjective loss, Tensor theta, IEnumerable<(string Name, long Size)> parts)
    {
        using var scope = NewDisposeScope();
        (string Name, long Size)[] all = [.. parts];
        using var point = new CheckedPoint(loss, theta, all, Seed);
        if (!point.IsFinite) return new(double.NaN, double.NaN, double.NaN) { Undecided = NotFinite };
        var zero = ZeroGradients.At(loss, theta, all, Seed);
        if (zero.Unreached is { Count: > 0 } unreached)
        {
            return new(1, double.NaN, double.NaN)
            {
                Unreached = unreached,
                WithoutInfluence = zero.Idle,
                Fault = $"the loss changes with {string.Join(", ", unreached)}, but autograd does not reach "
                    + $"{(unreached.Count == 1 ? "it" : "them")} (relative error of the gradient 1): look for detach, no_grad, rounding or "
                    + "quantisation after " + (unreached.Count == 1 ? "it" : "them"),
            };
        }

        var z = point.Direction();
        var slope = Slope(point, z);
        var fault = Confirmed(point, slope, null)
            ? Place(point, along => Slope(point, along) is { Fault: not null } found ? found.Error : null) ?? ("", slope.Error)
            : ByPart(point);
        if (fault is { } wrong)
        {
            return new(wrong.Error, double.NaN, double.NaN)
            {
                WithoutInfluence = zero.Idle,
                Fault = Invariant($"the gradient is not that of the loss{wrong.Place} (relative error {wrong.Error:g2}): ")
                    + (slope.Fault ?? Differs),
            };
        }
        var Hz = point.Times(z);
        if (!Hz.isfinite().all().ToBoolean()) return new(slope.Error, double.NaN, double.NaN) { Undecided = NotFinite };
        var products = Product(point, z, Hz, slope.Rounds);
        var y = point.Direction(number: 2);
        var verdict = new DerivativeVerdict(slope.Error, products.Error, point.Asymmetry(y, z, Hz))
        {
            WithoutInfluence = zero.Idle,
            HasInternalRounding = slope.Rounds,
            Undecided = slope.Undecided ?? products.Undecided,
            ProductNoise = slope.Rounds ? Noise(point, z, slope.Error) : 0,
        };
        if (products.Wrong)
        {
            var (place, error) = Place(point, along =>
                    Product(point, along, point.Times(along), slope.Rounds) is { Wrong: true } found ? found.Error : null)
                ?? ("", products.Error);
            return verdict with
            {
                ProductError = error,
                Fault = Invariant($"the second derivative is not that of the loss{place} (relative error {error:g2}): ")
                    + $"Hessian products differ from differences of gradients; {Compose}",
            };
        }
        // Rounding inside makes products asymmetric by as much as it makes them uncertain.
        if (verdict.Asymmetry <= point.Tolerance || slope.Rounds || !products.Decisive) return verdict;
        if (verdict.Asymmetry <= 10 * Rounding(loss, theta, all)) return verdict;
        var (at, asymmetry) = Place(point, along =>
                point.Asymmetry(y, along, point.Times(along)) is var found && found > point.Tolerance ? found : null)
            ?? ("", verdict.Asymmetry);
        return verdict with
        {
            Fault = Invariant($"the second derivative is not that of the loss{at} (relative error {asymmetry:g2}): ")
                + $"it is not symmetric, because u.Hv and v.Hu differ; {Compose}",
        };
    }

    /// <summary>The relative change of a Hessian product when theta is moved by eight units in the last place: the uncertainty
    /// due to rounding. If a spectrum is nearly zero by cancellation, all of it is uncertain.</summary>
    public static double Rounding(IObjective loss, Tensor theta, IReadOnlyList<(string Name, long Size)> parts)
    {
        const double Places = 8;
        using var scope = NewDisposeScope();
        using var generator = new Generator(12, CPU);
        var sizes = CheckedPoint.Sizes(theta, parts);
        Tensor Random() => randn(theta.shape[0], dtype: theta.dtype, generator: generator);
        // Zeros stay zero: a unit that is exactly on its kink stays there.
        var (v, away) = (sizes * Random(), theta * Random() * (Places * theta.dtype.Epsilon()));
        using var here = loss.ExpandAt(theta);
        using var there = loss.ExpandAt(theta + away);
        var product = here.HessianTimes(v);
        var change = (there.HessianTimes(v) - product).norm().ToDouble();
        (loss as DifferentiableSum)?.Parameters?.Set(theta);
        return change == 0 ? 0 : change / product.norm().ToDouble();
    }

    private static (double Error, string? Fault, bool Rounds, string? Undecided) Slope(CheckedPoint point, Tensor z)
    {
        using var scope = NewDisposeScope();
        var (small, middle, large) = (point.Slope(z, point.Small), point.Slope(z, point.Middle), point.Slope(z, point.Large));
        // The smallest step at which rounding of the loss does not hide the slope.
        var (fine, coarse) = small.Decisive ? (small, middle) : (middle, large);
        if (!fine.Decisive)
        {
            return (
                double.NaN, null, false, "the loss changes too little: differences of its rounded values do not show its slope");
        }
        if (fine.Error <= point.SlopeTolerance)
        {
            return middle.Error > Coarse && large.Error > StaircaseError && large.Error < middle.Error / Same
                ? (large.Error, Staircase, false, null)
                : (fine.Error, null, false, null);
        }
        var best = Math.Min(middle.Error, large.Error);
        var largest = Math.Max(Math.Abs(fine.Difference), Math.Abs(coarse.Difference));
        var stays = Math.Abs(fine.Difference - coarse.Difference) <= Same * largest;
        if (point.Precision == ScalarType.Float32)
        {
            return stays
                ? (fine.Error, Differs, false, null)
                : (best, null, false, Invariant($"the slope agrees with differences of the loss to {best:g2} only, ")
                    + "because of kinks (relu, max pooling) or rounding");
        }
        // A staircase of wide steps is flat at the small and at the middle step: only a long one shows its slope.
        best = Math.Min(best, point.Slope(z, Long).Error);
        return best <= Coarse && (!stays || best < Same * fine.Error)
            ? (best, null, true, null)
            : (fine.Error, Differs, false, null);
    }

    /// <summary>The noise of products of a model that rounds inside. If it rounds so coarsely that products do not change from
    /// point to point, the error of the slope is returned instead.</summary>
    private static double Noise(CheckedPoint point, Tensor z, double slopeError)
    {
        var noise = point.ProductNoise(z, slopeError <= point.SlopeTolerance ? point.Middle : point.Large);
        return noise > NegligibleNoise ? noise : slopeError;
    }

    /// <summary>Returns whether a wrong slope also shows along further directions: along one, differences across kinks may
    /// agree by chance.</summary>
    private static bool Confirmed(CheckedPoint point, (double Error, string? Fault, bool Rounds, string? Undecided) slope, Range? parts) =>
        slope.Fault is not null && Confirmations.All(number =>
        {
            using var scope = NewDisposeScope();
            return Slope(point, point.Direction(parts, number)).Fault is not null;
        });

    /// <summary>Finds a slope that is wrong along one group of parameters and too small compared with the others to show along
    /// all. Each group takes one comparison; in float32 rounding would hide the error.</summary>
    private static (string Place, double Error)? ByPart(CheckedPoint point)
    {
        if (point.Precision == ScalarType.Float32 || point.Parts.Count == 1) return null;
        var each = (point.Parts.Count + Groups - 1) / Groups;
        for (var end = point.Parts.Count; end > 0; end -= each)
        {
            using var scope = NewDisposeScope();
            var group = Math.Max(0, end - each)..end;
            var z = point.Direction(group);
            if (point.Slope(z, point.Small) is not { Decisive: true } one || one.Error <= point.SlopeTolerance) continue;
            var slope = Slope(point, z);
            if (Confirmed(point, slope, group)) return ($" along {point.Parts[end - 1].Name}", slope.Error);
        }
        return null;
    }

    private static (double Error, bool Wrong, bool Decisive, string? Undecided) Product(
        CheckedPoint point, Tensor z, Tensor Hz, bool rounds)
    {
        var (best, wrong, decisive) = (double.PositiveInfinity, true, false);
        double[] steps = rounds ? [point.Large] : [point.Middle, point.Small, point.Tiny];
        foreach (var h in steps)
        {
            using var scope = NewDisposeScope();
            var (error, gap, isVisible) = point.Product(z, Hz, h);
            if (!isVisible && !rounds) continue;
            decisive = true;
            if (error <= (rounds ? Coarse : point.Tolerance)) return (error, false, true, null);
            wrong &= error > point.Tolerance + (Uncertainty * gap);
            best = Math.Min(best, error);
        }
        if (!decisive)
        {
            return (
                double.NaN,
                false,
                false,
                "Hessian products are too small relative to the gradient: differences of its rounded values do not show them");
        }
        var undecided = wrong || rounds
            ? null
            : Invariant($"Hessian products agree with differences of gradients to {best:g2} only, ")
                + $"because {point.Precision} cannot resolve those differences across kinks (relu, max pooling)";
        return (best, wrong, true, undecided);
    }

    /// <summary>Finds the last parameter along which a comparison fails, and its error. Along the parameters behind a wrong
    /// operation the comparison succeeds.</summary>
    private static (string Place, double Error)? Place(CheckedPoint point, Func<Tensor, double?> failure)
    {
        for (var i = point.Parts.Count - 1; i >= 0; i--)
        {
            using var scope = NewDisposeScope();
            if (failure(point.Direction(i..(i + 1))) is { } error) return ($" along {point.Parts[i].Name}", error);
        }
        return null;
    }
}
