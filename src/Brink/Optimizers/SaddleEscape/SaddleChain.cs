using Brink.Objectives;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>A chain of strict saddles joined by flat slopes, as hard for an accuracy eps as functions with these constants can
/// be: every gradient on the way is 2 eps at most, every saddle has lambda_min = -2 sqrt(L_H eps).</summary>
/// <remarks>
/// <para>f(x) = sum_k [w_k phi(x_k) + (1 - w_k) (gamma/2) x_k^2] + (L_G/2) sum of the other x_j^2, with gamma = 2 sqrt(L_H
/// eps). phi is even. Away from the saddle at 0 its second derivative rises from -gamma at the rate L_H to 0; there the slope
/// is gamma^2/(2 L_H) = 2 eps and stays constant; at the end the second derivative rises to gamma, and phi ends in a well at
/// <see cref="End"/>. w_1 = 1; w_k = w(x_{k-1}) rises from 0 to 1 as x_{k-1} comes to the end of its slope: the bottom of each
/// well is the next saddle, until the last.</para>
/// <para>Why it is the worst case: gradient descent gains eta (2 eps)^2 a step on a slope, hence takes Delta / (4 eta eps^2)
/// steps; a cubic step there is sqrt(4 eps/M) long, hence Delta sqrt(M) / (4 eps^(3/2)) are needed. On the way to the end no
/// point has gradient at most eps and lambda_min at least -sqrt(L_H eps). The saddles add log(1/eps) / (eta gamma) steps each,
/// which the slopes outgrow; this is a property of the problem.</para>
/// <para>Along the path the Hessian is L_H-Lipschitz in each coordinate and up to (5/4) L_H across two, by the gates; off the
/// path, where two coordinates move at once, no bound is claimed.</para>
/// </remarks>
/// <param name="Epsilon">Accuracy eps.</param>
/// <param name="LipschitzGradient">L_G: curvature of the other coordinates, at least gamma.</param>
/// <param name="LipschitzHessian">L_H.</param>
/// <param name="Decrease">Delta = f(0) - min f.</param>
/// <param name="Saddles">Number of saddles, at least 1.</param>
/// <param name="Dimension">Dimension p, at least the number of saddles.</param>
public sealed record SaddleChain(
    double Epsilon,
    double LipschitzGradient = 1,
    double LipschitzHessian = 1,
    double Decrease = 2,
    int Saddles = 2,
    int Dimension = 10)
{
    /// <summary>The curvature gamma.</summary>
    public double Curvature => 2 * Math.Sqrt(LipschitzHessian * Epsilon);

    // Length over which a second derivative changes by gamma.
    private double Ramp => Curvature / LipschitzHessian;

    private double Steepest => 2 * Epsilon;

    // phi falls by gamma^3 / (3 L_H^2) over each ramp.
    private double Straight =>
        ((Decrease / Saddles) - (2 * Math.Pow(Curvature, 3) / (3 * LipschitzHessian * LipschitzHessian))) / Steepest;

    /// <summary>The distance from a saddle to the next.</summary>
    public double End => Straight + (2 * Ramp);

    /// <exception cref="InvalidOperationException">Epsilon is not above 0, or so large that the slopes are too short for the
    /// saddles between them; or the number of saddles is below 1 or above the dimension.</exception>
    public ClosedForm Function()
    {
        if (!(Epsilon > 0)) throw new InvalidOperationException($"epsilon is {Epsilon}; it must be above 0");
        if (Saddles < 1 || Dimension < Saddles)
            throw new InvalidOperationException(
                $"a chain cannot have {Saddles} saddles in dimension {Dimension}; choose from 1 to {Dimension} saddles");
        // A gate opens over three ramps, which must fit between the saddle and the ramp of the well.
        if (!(Straight >= 2 * Ramp) || Curvature > LipschitzGradient)
        {
            throw new InvalidOperationException(
                $"epsilon {Epsilon} is too large for {Saddles} saddles, a decrease of {Decrease}, L_G {LipschitzGradient} and "
                    + $"L_H {LipschitzHessian}; reduce epsilon or the number of saddles");
        }
        return new(Dimension, Value, Gradient, HessianTimes);
    }

    private double Value(double[] x)
    {
        var value = 0.0;
        for (var k = 0; k < Saddles; k++)
        {
            var well = Well(x[k]);
            value += well + (Gate(x, k).Value * (Profile(x[k]).Value - well));
        }
        for (var j = Saddles; j < Dimension; j++) value += LipschitzGradient / 2 * x[j] * x[j];
        return value;
    }

    private double[] Gradient(double[] x)
    {
        var gradient = new double[Dimension];
        for (var k = 0; k < Saddles; k++)
        {
            var (phi, gate) = (Profile(x[k]), Gate(x, k));
            gradient[k] += (Curvature * x[k]) + (gate.Value * (phi.First - (Curvature * x[k])));
            if (k > 0) gradient[k - 1] += gate.First * (phi.Value - Well(x[k]));
        }
        for (var j = Saddles; j < Dimension; j++) gradient[j] = LipschitzGradient * x[j];
        return gradient;
    }

    private double[] HessianTimes(double[] x, double[] v)
    {
        var product = new double[Dimension];
        for (var k = 0; k < Saddles; k++)
        {
            var (phi, gate) = (Profile(x[k]), Gate(x, k));
            product[k] += (Curvature + (gate.Value * (phi.Second - Curvature))) * v[k];
            if (k == 0) continue;
            var across = gate.First * (phi.First - (Curvature * x[k]));
            product[k] += across * v[k - 1];
            product[k - 1] += (across * v[k]) + (gate.Second * (phi.Value - Well(x[k])) * v[k - 1]);
        }
        for (var j = Saddles; j < Dimension; j++) product[j] = LipschitzGradient * v[j];
        return product;
    }

    private double Well(double x) => Curvature / 2 * x * x;

    private Jet Profile(double x)
    {
        var (a, sign) = (Math.Abs(x), Math.Sign(x));
        var (gamma, third, ramp) = (Curvature, LipschitzHessian, Ramp);
        var fall = Math.Pow(gamma, 3) / (3 * third * third);
        if (a <= ramp)
            return new((-gamma / 2 * a * a) + (third / 6 * a * a * a), sign * ((-gamma * a) + (third / 2 * a * a)), -gamma + (third * a));
        if (a <= ramp + Straight) return new(-fall - (Steepest * (a - ramp)), -sign * Steepest, 0);
        if (a <= End)
        {
            var b = a - ramp - Straight;
            return new(
                -fall - (Steepest * (Straight + b)) + (third / 6 * b * b * b), sign * (-Steepest + (third / 2 * b * b)), third * b);
        }
        var c = a - End;
        return new((-2 * fall) - (Steepest * Straight) + (gamma / 2 * c * c), sign * gamma * c, gamma);
    }

    // u^3 (10 - 15 u + 6 u^2): the gate and its first two derivatives are continuous.
    private Jet Gate(double[] x, int k)
    {
        if (k == 0) return new(1, 0, 0);
        var (a, sign, width) = (Math.Abs(x[k - 1]), Math.Sign(x[k - 1]), 3 * Ramp);
        var u = Math.Clamp((a - End + (4 * Ramp)) / width, 0, 1);
        return new(
            u * u * u * (10 - (15 * u) + (6 * u * u)),
            sign * 30 * u * u * (1 - u) * (1 - u) / width,
            60 * u * (1 - u) * (1 - (2 * u)) / (width * width));
    }

    private sealed record Jet(double Value, double First, double Second);
}
