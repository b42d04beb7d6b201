using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Steering;

/// <summary>The predicted dynamics of one direction from a point: x' = (1 - eta S) x and S' = S + eta (alpha - beta x^2 / 2), for gradient
/// descent.</summary>
/// <remarks>
/// <para>Damian et al. 2023, section 3, in S instead of y = S - 2/eta, so that the rate may change from step to step. alpha is that of
/// the point without the displacement: the gradient at the point contains the term -beta x^2 / 2 of it, which is added
/// back.</para>
/// </remarks>
/// <param name="Displacement">x = u.g / S.</param>
/// <param name="Sharpness">S.</param>
/// <param name="Alpha">Rate of sharpening alpha = -grad S.g_perp + beta x^2 / 2.</param>
/// <param name="Beta">Strength of stabilization beta = |grad_perp S|^2.</param>
public sealed record BurstMap(double Displacement, double Sharpness, double Alpha, double Beta)
{
    /// <summary>Measures the map at a point, with one third derivative.</summary>
    /// <param name="expansion">Expansion of the loss at the point.</param>
    /// <param name="sharpness">Top eigenvalue S of the Hessian there, above 0.</param>
    /// <param name="u">Its unit eigenvector [p].</param>
    public static BurstMap Of(IExpansion expansion, double sharpness, Tensor u)
    {
        using var scope = NewDisposeScope();
        var along = u.dot(expansion.Gradient);
        var slope = Orthonormal.ProjectOut(expansion.ThirdDerivative(u, u), u.unsqueeze(0));
        var x = along.ToDouble() / sharpness;
        var beta = slope.square().sum().ToDouble();
        var alpha = (beta * x * x / 2) - slope.dot(expansion.Gradient - (along * u)).ToDouble();
        return new(x, sharpness, alpha, beta);
    }

    /// <summary>The loss excess S x^2 / 2 after 1, 2, ... steps, without an end.</summary>
    /// <param name="learningRate">Returns the learning rate of a step, from 0.</param>
    public IEnumerable<double> Excesses(Func<int, double> learningRate)
    {
        var (x, S) = (Displacement, Sharpness);
        for (var step = 0; ; step++)
        {
            var eta = learningRate(step);
            (x, S) = ((1 - (eta * S)) * x, S + (eta * (Alpha - (Beta * x * x / 2))));
            yield return S * x * x / 2;
        }
    }
}
