namespace Brink.Landscapes;

/// <summary>A polynomial q of several variables, with its exact derivatives of every order along given
/// directions.</summary>
/// <param name="Variables">Number of variables p.</param>
/// <param name="Monomials">Terms; an empty list is the zero polynomial.</param>
public sealed record Polynomial(int Variables, IReadOnlyList<Monomial> Monomials)
{
    /// <summary>D^k q(theta)[v1, ..., vk]; q(theta) itself without directions.</summary>
    /// <param name="theta">Point [p].</param>
    /// <param name="directions">Directions v1, ..., vk, [p] each.</param>
    public double Along(double[] theta, params ReadOnlySpan<double[]> directions)
    {
        var sum = 0.0;
        foreach (var monomial in Monomials)
            sum += monomial.Coefficient * ProductRule(theta, monomial.Factors, 0, directions);
        return sum;
    }

    /// <summary>The gradient [p] of D^k q(theta)[v1, ..., vk] with respect to theta.</summary>
    public double[] Gradient(double[] theta, params ReadOnlySpan<double[]> directions)
    {
        var gradient = new double[Variables];
        foreach (var monomial in Monomials)
        {
            foreach (var (place, variable) in monomial.Factors.Index())
            {
                gradient[variable] +=
                    monomial.Coefficient * ProductRule(theta, monomial.Factors, 1UL << place, directions);
            }
        }
        return gradient;
    }

    /// <summary>Applies the product rule: sums over all ways to replace one factor by each direction; the other factors
    /// are from theta.</summary>
    private static double ProductRule(
        double[] theta, IReadOnlyList<int> factors, ulong taken, ReadOnlySpan<double[]> directions)
    {
        if (directions.IsEmpty)
        {
            var product = 1.0;
            for (var i = 0; i < factors.Count; i++) if ((taken >> i & 1) == 0) product *= theta[factors[i]];
            return product;
        }
        var sum = 0.0;
        for (var i = 0; i < factors.Count; i++)
        {
            if ((taken >> i & 1) != 0) continue;
            sum += directions[0][factors[i]] * ProductRule(theta, factors, taken | (1UL << i), directions[1..]);
        }
        return sum;
    }
}

/// <summary>A product of variables.</summary>
/// <param name="Coefficient">Numerical factor.</param>
/// <param name="Factors">The variables, at most 64, each repeated by its exponent: x0^2 x1 is [0, 0, 1].</param>
public sealed record Monomial(double Coefficient, params IReadOnlyList<int> Factors);
