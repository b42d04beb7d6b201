namespace Brink.Games;

/// <summary>Adam's memory of a vector of weights (Kingma and Ba, ICLR 2015, with the usual constants).</summary>
/// <param name="Mean">Running mean of the gradient [P].</param>
/// <param name="Square">Running mean of its square [P].</param>
/// <param name="Steps">Number of steps taken.</param>
public sealed record AdamMoments(Tensor Mean, Tensor Square, long Steps)
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    internal static AdamMoments Start(Tensor theta) => new(zeros_like(theta), zeros_like(theta), 0);

    /// <summary>Weights after one Adam step, with the norm of the gradient clipped.</summary>
    internal (Tensor Theta, AdamMoments Moments) Step(Tensor theta, Tensor gradient, double learningRate, double clip)
    {
        using var scope = NewDisposeScope();
        var g = gradient * (clip / (gradient.norm() + 1e-6)).clamp_max(1);
        var (mean, square) = (g.lerp(Mean, Beta1), g.square().lerp(Square, Beta2));
        var scale = (square / (1 - Math.Pow(Beta2, Steps + 1))).sqrt_().add_(Epsilon);
        var next = theta - (learningRate / (1 - Math.Pow(Beta1, Steps + 1)) * mean / scale);
        return (scope.MoveToOuter(next), new(scope.MoveToOuter(mean), scope.MoveToOuter(square), Steps + 1));
    }
}
