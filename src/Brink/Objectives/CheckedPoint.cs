using Brink.Algebra;

namespace Brink.Objectives;

/// <summary>Derivatives and differences of a loss at one point, for a <see cref="DerivativeCheck"/>.</summary>
internal sealed class CheckedPoint : IDisposable
{
    // Roundings of a loss or gradient that add up, in units of its last place.
    private const double Roundings = 32;

    // Sizes of a perturbation, relative to a parameter, at which a dependence has to show.
    private static readonly double[] Perturbations = [1e-3, 1e-1];

    private readonly IObjective _loss;
    private readonly Tensor _theta;
    private readonly IExpansion _expansion;
    private readonly long _seed;
    private readonly double _epsilon;
    private readonly double _length;   // |g|

    public CheckedPoint(IObjective loss, Tensor theta, IReadOnlyList<(string Name, long Size)> parts, long seed)
    {
        (_loss, _theta, Parts, _seed) = (loss, theta, parts, seed);
        _expansion = loss.ExpandAt(theta);
        _length = _expansion.Gradient.norm().ToDouble();
        _epsilon = loss.Precision.Epsilon();
        (Large, Middle, Small, Tiny) = (Power(1.0 / 6), Power(0.25), Power(0.5), Power(0.625));
        double Power(double exponent) => Math.Pow(_epsilon, exponent);
    }

    public IReadOnlyList<(string Name, long Size)> Parts { get; }

    public ScalarType Precision => _loss.Precision;

    public bool IsFinite => double.IsFinite(_expansion.Loss) && double.IsFinite(_length);

    /// <summary>Steps: at the middle one the error of a central difference and its rounding are about the same; at the tiny one
    /// few kinks are crossed.</summary>
    public double Large { get; }

    public double Middle { get; }

    public double Small { get; }

    public double Tiny { get; }

    /// <summary>Share of a slope that rounding of the loss may amount to where a difference still counts.</summary>
    private double Visible => Precision == ScalarType.Float32 ? SlopeTolerance : 0.1;

    /// <summary>Largest relative error of a right slope. A single kink that is crossed at the smallest step costs up to 1e-4.</summary>
    public double SlopeTolerance => Precision == ScalarType.Float32 ? 1e-2 : 2e-4;

    /// <summary>Largest relative error of a right product.</summary>
    public double Tolerance => Precision == ScalarType.Float32 ? 1e-2 : 1e-5;

    /// <summary>A random direction [p], relative to the size of each parameter, with a share along the gradient: at right angles
    /// to it a slope says nothing.</summary>
    /// <param name="part">The only parameter that it moves; null for all.</param>
    /// <param name="number">Which direction.</param>
    public Tensor Direction(int? part, int number = 1)
    {
        using var scope = NewDisposeScope();
        var d = Relative(i => part is null || i == part, number);
        var along = part is null ? _expansion.Gradient : _expansion.Gradient * (d != 0);
        var length = along.norm().ToDouble();
        if (length > 0) d = d + (along * (3 * d.norm().ToDouble() / (length * Math.Sqrt(Math.Max(1, (d != 0).sum().ToDouble())))));
        return scope.MoveToOuter(d);
    }

    /// <summary>The parameters whose gradient is exactly zero: those that the loss depends on all the same, and the
    /// others.</summary>
    public (IReadOnlyList<string> Unreached, IReadOnlyList<string> Idle) WithoutGradient()
    {
        using var scope = NewDisposeScope();
        var (zero, start) = (new List<int>(), 0L);
        foreach (var (i, (_, size)) in Parts.Index())
        {
            if (_expansion.Gradient.narrow(0, start, size).count_nonzero().ToDouble() == 0) zero.Add(i);
            start += size;
        }
        string[] names = [.. zero.Select(i => Parts[i].Name)];
        if (zero.Count == 0 || !Changes(zero)) return ([], names);
        string[] unreached = [.. zero.Where(i => Changes([i])).Select(i => Parts[i].Name)];
        return (unreached, [.. names.Except(unreached)]);
    }

    /// <summary>Error of g.v against a central difference of the loss: relative, with its sign, and whether rounding of the
    /// loss leaves it to be seen.</summary>
    public (double Error, double Difference, bool Decisive) Slope(Tensor v, double h)
    {
        using var scope = NewDisposeScope();
        var slope = _expansion.Gradient.dot(v).ToDouble();
        var (ahead, behind) = (_loss.Loss(_theta + (h * v)), _loss.Loss(_theta - (h * v)));
        var difference = (ahead - behind) / (2 * h);
        var scale = Math.Max(Math.Abs(slope), Math.Abs(difference));
        var rounding = Roundings * _epsilon * (Math.Abs(_expansion.Loss) + Math.Abs(ahead)) / h;
        var error = Math.Max(0, Math.Abs(difference - slope) - rounding);
        return (scale == 0 ? 0 : error / scale, difference - slope, rounding <= Visible * scale);
    }

    /// <summary>Error of H v against a central difference of gradients, and what the forward and the backward difference
    /// disagree by: both relative.</summary>
    /// <param name="v">Direction [p].</param>
    /// <param name="product">H v.</param>
    /// <param name="h">Step.</param>
    public (double Error, double Gap) Product(Tensor v, Tensor product, double h)
    {
        using var scope = NewDisposeScope();
        var ahead = _loss.LossAndGradient(_theta + (h * v)).Gradient;
        var behind = _loss.LossAndGradient(_theta - (h * v)).Gradient;
        var difference = (ahead - behind) / (2 * h);
        var gap = ((ahead + behind - (2 * _expansion.Gradient)) / h).norm().ToDouble();
        var scale = Math.Max(product.norm().ToDouble(), difference.norm().ToDouble());
        var rounding = Roundings * _epsilon * Math.Max(_length, Math.Max(ahead.norm().ToDouble(), behind.norm().ToDouble())) / h;
        var error = Math.Max(0, (difference - product).norm().ToDouble() - rounding);
        return scale == 0 ? (0, 0) : (error / scale, gap / scale);
    }

    /// <summary>H v.</summary>
    public Tensor Times(Tensor v) => _expansion.HessianTimes(v);

    /// <summary>|u.Hv - v.Hu|, relative.</summary>
    public double Asymmetry(Tensor u, Tensor v, Tensor Hv)
    {
        using var scope = NewDisposeScope();
        var Hu = Times(u);
        var (vHu, uHv) = (v.dot(Hu).ToDouble(), u.dot(Hv).ToDouble());
        var typical = Hu.norm().ToDouble() * v.norm().ToDouble() / Math.Sqrt(_theta.shape[0]);
        var scale = Math.Max(typical, Math.Max(Math.Abs(vHu), Math.Abs(uHv)));
        return scale == 0 ? 0 : Math.Abs(vHu - uHv) / scale;
    }

    /// <summary>Standard deviation of H v from rounding inside the model, relative: products at three points in a row, less what
    /// is linear.</summary>
    /// <param name="v">[p].</param>
    /// <param name="h">Distance of the points, enough for everything inside to be rounded differently.</param>
    public double ProductNoise(Tensor v, double h)
    {
        using var scope = NewDisposeScope();
        var away = Relative(_ => true, 3);
        var here = _expansion.HessianTimes(v);
        using var ahead = _loss.ExpandAt(_theta + (h * away));
        using var behind = _loss.ExpandAt(_theta - (h * away));
        // Weights 1, -2 and 1 of independent errors.
        var second = ahead.HessianTimes(v) + behind.HessianTimes(v) - (2 * here);
        return second.norm().ToDouble() / Math.Sqrt(6) / here.norm().ToDouble();
    }

    /// <summary>Leaves a module at the point.</summary>
    public void Dispose()
    {
        _expansion.Dispose();
        (_loss as DifferentiableSum)?.Parameters?.Set(_theta);
    }

    private bool Changes(IReadOnlyCollection<int> parts)
    {
        using var scope = NewDisposeScope();
        var d = Relative(parts.Contains, 4);
        var rounding = Roundings * _epsilon * Math.Abs(_expansion.Loss);
        return Perturbations.Any(h =>
        {
            using var inner = NewDisposeScope();
            var change = Math.Abs(_loss.Loss(_theta + (h * d)) - _expansion.Loss);
            return double.IsFinite(change) && change > rounding;
        });
    }

    /// <summary>Normal numbers times the root mean square of each parameter; of one that is all zero, of theta.</summary>
    private Tensor Relative(Func<int, bool> moves, int number)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)((_seed * 101) + number), CPU);
        var d = randn(_theta.shape[0], dtype: _theta.dtype, generator: generator);
        var (whole, start) = (Size(_theta), 0L);
        foreach (var (i, (_, size)) in Parts.Index())
        {
            var own = Size(_theta.narrow(0, start, size));
            d.narrow(0, start, size).mul_(!moves(i) ? 0 : own > 0 ? own : whole > 0 ? whole : 1);
            start += size;
        }
        return scope.MoveToOuter(d);

        static double Size(Tensor values) => Math.Sqrt(values.square().mean().ToDouble());
    }
}
