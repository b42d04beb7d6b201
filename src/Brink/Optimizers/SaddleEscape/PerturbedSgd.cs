using Brink.Dynamics;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Perturbed stochastic gradient descent: theta_{t+1} = theta_t - eta (g_t + xi_t), with g_t the mean gradient of n
/// fresh samples and xi_t isotropic noise to escape saddles.</summary>
/// <remarks>
/// <para>The noise is added at each step, normal with covariance (r^2/p) I (Jin, Netrapalli, Ge, Kakade and Jordan 2019). With
/// <see cref="PerturbedSgdParameters.NoiseCondition"/> it is added only where ||g_t|| is small and none was added recently, uniform in a
/// ball of radius r (Jin, Ge, Netrapalli, Kakade and Jordan 2017). In that paper it is a displacement; here it is added to the
/// gradient, and displaces by up to eta r.</para>
/// <para>The zeroth-order variant is this method on a <see cref="GaussianSmoothing"/>.</para>
/// </remarks>
public sealed record PerturbedSgd(IStochasticObjective Objective, PerturbedSgdParameters Parameters, Generator Generator)
    : IDynamics<PerturbedSgdState>
{
    /// <inheritdoc/>
    public PerturbedSgdState Start(Tensor theta) => new(theta.clone().DetachFromDisposeScope(), 0, null);

    /// <exception cref="NonFiniteGradientException">The gradient is not finite.</exception>
    public PerturbedSgdState Step(PerturbedSgdState state)
    {
        using var scope = NewDisposeScope();
        using var batch = Objective.Draw(Parameters.Batch, Generator);
        var gradient = batch.Gradient(state.Theta);
        NonFiniteGradientException.Require(gradient, "gradient", state.Step);
        var noisy = IsNoisy(state, gradient);
        var direction = noisy ? gradient + Noise(gradient) : gradient;
        var theta = state.Theta - Parameters.LearningRate * direction;
        return new(theta.DetachFromDisposeScope(), state.Step + 1, noisy ? state.Step : state.LastNoise);
    }

    private bool IsNoisy(PerturbedSgdState state, Tensor gradient)
    {
        if (Parameters.Radius == 0) return false;
        if (Parameters.NoiseCondition is not { } condition) return true;
        return (state.LastNoise is not { } last || state.Step - last > condition.Window)
            && gradient.norm().ToDouble() <= condition.Threshold;
    }

    private Tensor Noise(Tensor like)
    {
        var p = Objective.Dimension;
        var normal = randn(p, dtype: like.dtype, generator: Generator);
        if (Parameters.NoiseCondition is null) return Parameters.Radius / Math.Sqrt(p) * normal;
        // The radius of a uniform point in a ball of dimension p is u^(1/p) times that of the ball.
        var share = Math.Pow(rand(1, dtype: ScalarType.Float64, generator: Generator).ToDouble(), 1.0 / p);
        return Parameters.Radius * share / normal.norm() * normal;
    }
}

/// <param name="LearningRate">Learning rate eta.</param>
/// <param name="Batch">Number n of samples of each step.</param>
/// <param name="Radius">Radius r of the noise; 0 is plain SGD.</param>
/// <param name="NoiseCondition">Condition for the noise; null: at each step.</param>
public sealed record PerturbedSgdParameters(double LearningRate, int Batch, double Radius, NoiseCondition? NoiseCondition = null)
{
    // Admissible noise of a batch's gradient, as a share of eps.
    private const double Share = 0.5;

    /// <summary>Returns parameters under strong growth, with a batch of rho whatever the accuracy: eta = 1/(2 L_G), n =
    /// ceil(rho), r = eps, for O(1/eps^2) gradients up to logarithms.</summary>
    /// <param name="constants">Constants of the problem; those <see cref="ProblemConstants.Smoothed"/> for the zeroth-order
    /// variant, which makes it O(p/eps^2) values.</param>
    /// <param name="epsilon">Accuracy eps.</param>
    public static PerturbedSgdParameters UnderStrongGrowth(ProblemConstants constants, double epsilon)
    {
        ProblemConstants.RequireAccuracy(epsilon);
        return new(0.5 / constants.LipschitzGradient, ProblemConstants.Batch(constants.StrongGrowth), epsilon);
    }

    /// <summary>Returns parameters without that condition, where the batch has to keep its noise below eps/2: n = ceil(max(rho,
    /// 4 sigma^2/eps^2)), for O(1/eps^4) gradients.</summary>
    /// <inheritdoc cref="UnderStrongGrowth"/>
    public static PerturbedSgdParameters WithoutStrongGrowth(ProblemConstants constants, double epsilon) =>
        UnderStrongGrowth(constants, epsilon) with
        {
            Batch = ProblemConstants.Batch(
                Math.Max(constants.StrongGrowth, constants.Variance / (Share * Share * epsilon * epsilon))),
        };

    /// <summary>Returns parameters with noise only where ||g|| is at most eps, then none for the time in which the flattest
    /// admissible saddle is left: chi/(eta sqrt(L_H eps)) steps, chi = log(p L_G Delta/(eps delta)).</summary>
    /// <param name="constants">Constants of the problem.</param>
    /// <param name="epsilon">Accuracy eps.</param>
    /// <param name="delta">Admissible probability of failure, in (0,1).</param>
    public PerturbedSgdParameters WithNoiseCondition(ProblemConstants constants, double epsilon, double delta)
    {
        ProblemConstants.RequireAccuracy(epsilon);
        if (delta is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "the probability of failure must be above 0 and below 1");
        var chi = Math.Max(
            1, Math.Log(constants.Dimension * constants.LipschitzGradient * constants.Decrease / (epsilon * delta)));
        var window = Math.Ceiling(chi / (LearningRate * constants.Curvature(epsilon)));
        return this with { NoiseCondition = new(epsilon, (long)window) };
    }
}

/// <param name="Threshold">Largest ||g|| at which noise is added.</param>
/// <param name="Window">Number of steps without noise after it was added.</param>
public sealed record NoiseCondition(double Threshold, long Window);

/// <param name="Theta">Parameters [p].</param>
/// <param name="Step">Number of steps made.</param>
/// <param name="LastNoise">Last step that added noise; null if none did.</param>
public sealed record PerturbedSgdState(Tensor Theta, long Step, long? LastNoise) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Theta.Dispose();
}
