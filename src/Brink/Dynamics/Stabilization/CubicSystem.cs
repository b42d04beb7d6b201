namespace Brink.Dynamics.Stabilization;

/// <summary>The two-variable system of the theory: displacement x along u and excess sharpness y, about a fixed point of the
/// edge (Damian et al. 2023, section 4.1, equation 3; docs/reference/papers.md).</summary>
/// <remarks>The system has four stages: progressive sharpening (y grows), blow-up (y above 0, |x| grows), self-stabilization
/// (|x| beyond delta, y falls) and the return to stability.</remarks>
/// <param name="Alpha">Progressive sharpening alpha, above 0.</param>
/// <param name="Beta">Self-stabilization beta, above 0.</param>
/// <param name="LearningRate">Learning rate eta.</param>
public sealed record CubicSystem(double Alpha, double Beta, double LearningRate)
{
    /// <summary>delta = (2 alpha / beta)^(1/2), the |x| at which y is stationary.</summary>
    public double Delta => Math.Sqrt(2 * Alpha / Beta);

    /// <summary>The number of steps of a small cycle about (delta, 0): 2 pi / (eta (2 alpha)^(1/2)).</summary>
    public double Period => 2 * Math.PI / (LearningRate * Math.Sqrt(2 * Alpha));

    /// <summary>Returns x' = -(1 + eta y) x and y' = y + eta (alpha - beta x^2 / 2).</summary>
    public (double X, double Y) Step(double x, double y) =>
        (-(1 + (LearningRate * y)) * x, y + (LearningRate * (Alpha - (Beta * x * x / 2))));

    /// <summary>Computes E = Y^2/2 - alpha ln X + beta X^2/4, which is constant along the flow dX/dtau = X Y, dY/dtau = alpha -
    /// beta X^2/2, for X = |x| above 0. The steps are an explicit Euler method for that flow: on them E grows slowly.</summary>
    public double Energy(double x, double y) =>
        (y * y / 2) - (Alpha * Math.Log(Math.Abs(x))) + (Beta * x * x / 4);

    /// <summary>Returns the closed orbit through (delta, y), y above 0, as points (X, Y); the last point equals the
    /// first.</summary>
    /// <param name="y">Largest Y of the orbit.</param>
    /// <param name="points">Number of intervals on each half.</param>
    public IReadOnlyList<(double X, double Y)> Orbit(double y, int points = 100)
    {
        var energy = Energy(Delta, y);
        var (least, most) = TurningPoints(y);
        var upper = Enumerable.Range(0, points + 1).Select(i =>
        {
            // Close together at both ends, where the orbit turns.
            var share = (1 - Math.Cos(Math.PI * i / points)) / 2;
            var x = Math.Exp(Math.Log(least) + (share * Math.Log(most / least)));
            return (X: x, Y: Math.Sqrt(Math.Max(0, 2 * (energy - Energy(x, 0)))));
        }).ToArray();
        return [.. upper, .. upper.Reverse().Skip(1).Select(point => (point.X, -point.Y))];
    }

    /// <summary>Returns the number of steps of the closed orbit through (delta, y): <see cref="Period"/> for a small orbit,
    /// more for a larger one.</summary>
    /// <param name="y">Largest Y of the orbit, above 0.</param>
    public double PeriodOf(double y)
    {
        const int Points = 2000;
        var energy = Energy(Delta, y);
        var (least, most) = TurningPoints(y);
        // With q = ln X, dq/dtau = Y = (2 (E - V(q)))^(1/2); the substitution q = middle + amplitude sin(phi) removes its two
        // zeros.
        var (middle, amplitude) = (Math.Log(least * most) / 2, Math.Log(most / least) / 2);
        var sum = 0.0;
        for (var i = 0; i < Points; i++)
        {
            var phi = Math.PI * (((i + 0.5) / Points) - 0.5);
            var speed = Math.Sqrt(2 * (energy - Energy(Math.Exp(middle + (amplitude * Math.Sin(phi))), 0)));
            sum += amplitude * Math.Cos(phi) / speed;
        }
        return 2 * sum * (Math.PI / Points) / LearningRate;
    }

    /// <summary>Returns the least and the largest X of the orbit through (delta, y), where Y is 0.</summary>
    private (double Least, double Most) TurningPoints(double y)
    {
        var energy = Energy(Delta, y);
        return (Root(1e-300, Delta), Root(Delta, Delta + (2 * Math.Sqrt(y * y / Beta)) + Delta));

        // Energy(x, 0) falls until delta and rises after it: a bisection on each side.
        double Root(double low, double high)
        {
            var falls = high <= Delta;
            for (var i = 0; i < 2000 && high / low > 1 + 1e-14; i++)
            {
                var middle = falls ? Math.Sqrt(low * high) : (low + high) / 2;
                if (Energy(middle, 0) > energy == falls) low = middle;
                else high = middle;
            }
            return high;
        }
    }
}
