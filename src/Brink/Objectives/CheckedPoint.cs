using Brink.Algebra;

namespace Brink.Objectives;

/// <summary>Derivatives and differences of a loss near one point, for a <see cref="DerivativeCheck"/>.</summary>
/// <remarks>Everything is scaled by D, the root mean square of each parameter (of theta for one that is zero): directions are
/// D z, gradients D g and products D H D z, so that a parameter of small numbers counts as much as one of large ones. The point
/// is moved from the given one by a hundredth of D, or less if the loss is not finite there. A minimum, a parameter that is
/// zero or a unit exactly on its kink would hide a wrong derivative, or a right one.</remarks>
internal sealed class CheckedPoint : IDisposable
{
    // Accumulated roundings of a loss or gradient, in units of its last place.
    private const double Roundings = 32;

    private static readonly double[] Moves = [1e-2, 1e-3, 1e-4];

    private readonly IObjective _loss;
    private readonly Tensor _given;
    private readonly Tensor _theta;
    private readonly Tensor _sizes;      // D [p]
    private readonly IExpansion _expansion;
    private readonly Tensor _gradient;   // D g [p]
    private readonly double _length;     // |D g|
    private readonly double _scatter;    // of the loss, from rounding
    private readonly long _seed;
    private readonly double _epsilon;

    public CheckedPoint(IObjective loss, Tensor theta, IReadOnlyList<(string Name, long Size)> parts, long seed)
    {
        using var scope = NewDisposeScope();
        (_loss, _given, Parts, _seed) = (loss, theta, parts, seed);
        _epsilon = loss.Precision.Epsilon();
        (Large, Middle, Small, Tiny) = (Power(1.0 / 6), Power(0.25), Power(0.5), Power(0.625));
        _sizes = Sizes(theta, parts).DetachFromDisposeScope();
        var away = _sizes * Normal(7);
        _theta = Moves.Select(h => theta + (h * away)).FirstOrDefault(moved => double.IsFinite(loss.Loss(moved)), theta.clone())
            .DetachFromDisposeScope();
        _expansion = loss.ExpandAt(_theta);
        _gradient = (_expansion.Gradient * _sizes).DetachFromDisposeScope();
        _length = _gradient.norm().ToDouble();
        // A few units in the last place away, the loss changes by its rounding alone.
        _scatter = new[] { 4, 8, -4 }.Max(places => Math.Abs(loss.Loss(_theta + (places * _epsilon * away)) - _expansion.Loss));
        double Power(double exponent) => Math.Pow(_epsilon, exponent);
    }

    public IReadOnlyList<(string Name, long Size)> Parts { get; }

    public ScalarType Precision => _loss.Precision;

    public bool IsFinite => double.IsFinite(_expansion.Loss) && double.IsFinite(_length);

    /// <summary>Steps of differences. At the middle one the error of a central difference and its rounding are about the same;
    /// at the tiny one few kinks are crossed.</summary>
    public double Large { get; }

    public double Middle { get; }

    public double Small { get; }

    public double Tiny { get; }

    /// <summary>Largest relative error of a correct slope. A single kink crossed at the smallest step costs up to
    /// 1e-4.</summary>
    public double SlopeTolerance => Precision == ScalarType.Float32 ? 1e-2 : 2e-4;

    /// <summary>Largest relative error of a correct product.</summary>
    public double Tolerance => Precision == ScalarType.Float32 ? 1e-2 : 1e-5;

    /// <summary>Largest share of a difference that rounding may make up if the difference is to count.</summary>
    private double LargestRoundingShare => Precision == ScalarType.Float32 ? SlopeTolerance : 0.1;

    /// <summary>A random direction z [p] with a component along the gradient: a slope orthogonal to the gradient shows
    /// nothing.</summary>
    /// <param name="parts">The only parameters that the direction moves; null for all.</param>
    /// <param name="number">Number of the random direction.</param>
    public Tensor Direction(Range? parts = null, int number = 1)
    {
        using var scope = NewDisposeScope();
        var (z, along) = (Normal(number), _gradient);
        if (parts is { } some)
        {
            var (start, length) = Place(some);
            var (whole, wholeAlong) = (zeros_like(z), zeros_like(z));
            whole.narrow(0, start, length).copy_(z.narrow(0, start, length));
            wholeAlong.narrow(0, start, length).copy_(along.narrow(0, start, length));
            (z, along) = (whole, wholeAlong);
        }
        var size = along.norm().ToDouble();
        return scope.MoveToOuter(size > 0 ? z + (along * (3 / size)) : z.clone());
    }

    /// <summary>The product D H D z [p].</summary>
    public Tensor Times(Tensor z)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(_expansion.HessianTimes(z * _sizes) * _sizes);
    }

    /// <summary>Compares the slope along z with a central difference of the loss. Returns the relative error, the signed
    /// difference, and whether rounding of the loss leaves the error visible.</summary>
    public (double Error, double Difference, bool Decisive) Slope(Tensor z, double h)
    {
        using var scope = NewDisposeScope();
        var slope = _gradient.dot(z).ToDouble();
        var step = h * z * _sizes;
        var (ahead, behind) = (_loss.Loss(_theta + step), _loss.Loss(_theta - step));
        var difference = (ahead - behind) / (2 * h);
        var scale = Math.Max(Math.Abs(slope), Math.Abs(difference));
        // The logarithm of a softmax is rounded like numbers of size 1, however small it is.
        var size = Math.Max(Math.Abs(_expansion.Loss), Math.Abs(ahead));
        var rounding = ((Roundings * _epsilon * size) + (4 * (_epsilon + _scatter))) / h;
        var error = Math.Max(0, Math.Abs(difference - slope) - rounding);
        return scale == 0 ? (0, 0, true) : (error / scale, difference - slope, rounding <= LargestRoundingShare * scale);
    }

    /// <summary>Compares a product with a central difference of gradients. Returns the relative error, the relative
    /// disagreement of the forward and the backward difference, and whether rounding of the gradients leaves the error
    /// visible.</summary>
    /// <param name="z">Direction [p].</param>
    /// <param name="product">Product D H D z.</param>
    /// <param name="h">Step.</param>
    public (double Error, double Gap, bool Decisive) Product(Tensor z, Tensor product, double h)
    {
        using var scope = NewDisposeScope();
        var step = h * z * _sizes;
        var ahead = _loss.LossAndGradient(_theta + step).Gradient * _sizes;
        var behind = _loss.LossAndGradient(_theta - step).Gradient * _sizes;
        var difference = (ahead - behind) / (2 * h);
        var gap = ((ahead + behind - (2 * _gradient)) / h).norm().ToDouble();
        var scale = Math.Max(product.norm().ToDouble(), difference.norm().ToDouble());
        var rounding = Roundings * _epsilon * Math.Max(_length, Math.Max(ahead.norm().ToDouble(), behind.norm().ToDouble())) / h;
        var error = Math.Max(0, (difference - product).norm().ToDouble() - rounding);
        return scale == 0 ? (0, 0, true) : (error / scale, gap / scale, rounding <= LargestRoundingShare * scale);
    }

    /// <summary>The relative asymmetry |y.DHDz - z.DHDy|.</summary>
    public double Asymmetry(Tensor y, Tensor z, Tensor Hz)
    {
        using var scope = NewDisposeScope();
        var Hy = Times(y);
        var (zHy, yHz) = (z.dot(Hy).ToDouble(), y.dot(Hz).ToDouble());
        var typical = Hy.norm().ToDouble() * z.norm().ToDouble() / Math.Sqrt(_theta.shape[0]);
        var scale = Math.Max(typical, Math.Max(Math.Abs(zHy), Math.Abs(yHz)));
        return scale == 0 ? 0 : Math.Abs(zHy - yHz) / scale;
    }

    /// <summary>The relative standard deviation of a product due to rounding inside the model: products at three points in a
    /// row, without the linear part.</summary>
    /// <param name="z">Direction [p].</param>
    /// <param name="h">Distance of the points, large enough that everything inside is rounded differently.</param>
    public double ProductNoise(Tensor z, double h)
    {
        using var scope = NewDisposeScope();
        var (away, v, here) = (h * _sizes * Normal(3), z * _sizes, Times(z));
        using var ahead = _loss.ExpandAt(_theta + away);
        using var behind = _loss.ExpandAt(_theta - away);
        // Weights 1, -2 and 1 of independent errors.
        var second = ((ahead.HessianTimes(v) + behind.HessianTimes(v)) * _sizes) - (2 * here);
        return second.norm().ToDouble() / Math.Sqrt(6) / here.norm().ToDouble();
    }

    /// <summary>Releases the tensors and moves a module back to the given point.</summary>
    public void Dispose()
    {
        _expansion.Dispose();
        foreach (var tensor in new[] { _theta, _sizes, _gradient }) tensor.Dispose();
        (_loss as DifferentiableSum)?.Parameters?.Set(_given);
    }

    /// <summary>The sizes D [p] of the parameters.</summary>
    public static Tensor Sizes(Tensor theta, IReadOnlyList<(string Name, long Size)> parts)
    {
        using var scope = NewDisposeScope();
        var sizes = ones_like(theta).detach();
        var (whole, start) = (Size(theta), 0L);
        foreach (var (_, size) in parts)
        {
            var own = Size(theta.narrow(0, start, size));
            sizes.narrow(0, start, size).fill_(own > 0 ? own : whole > 0 ? whole : 1);
            start += size;
        }
        return scope.MoveToOuter(sizes);

        static double Size(Tensor values) => Math.Sqrt(values.square().mean().ToDouble());
    }

    private (long Start, long Length) Place(Range parts)
    {
        var (first, count) = parts.GetOffsetAndLength(Parts.Count);
        return (Parts.Take(first).Sum(part => part.Size), Parts.Skip(first).Take(count).Sum(part => part.Size));
    }

    private Tensor Normal(int number)
    {
        using var generator = new Generator((ulong)((_seed * 101) + number), CPU);
        return randn(_given.shape[0], dtype: _given.dtype, generator: generator);
    }
}
