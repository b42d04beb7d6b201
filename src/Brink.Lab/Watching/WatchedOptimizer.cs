using Brink.Zoo.Checkpoints;

namespace Brink.Lab;

/// <summary>The optimizer of a watched training: its settings, given or read from a checkpoint.</summary>
/// <param name="Kind">The method.</param>
/// <param name="LearningRate">Learning rate eta; null: unknown.</param>
/// <param name="Momentum">Momentum beta, or Adam's beta1.</param>
/// <param name="SecondBeta">Adam's beta2.</param>
/// <param name="Epsilon">Adam's epsilon.</param>
/// <param name="Rho">Radius of sharpness-aware minimization.</param>
public sealed record WatchedOptimizer(
    WatchedMethod Kind, double? LearningRate, double Momentum = 0, double SecondBeta = 0.999, double Epsilon = 1e-8, double Rho = 0.05)
{
    /// <summary>The edge of stability: the largest stable eigenvalue of the Hessian, or of the preconditioned one; null where the
    /// learning rate is unknown, and for methods whose edge depends on more (<see cref="WatchedEdge"/>).</summary>
    /// <remarks>Gradient descent 2/eta; heavy ball (2 + 2 beta)/eta; Nesterov (2 + 2 beta)/((1 + 2 beta) eta); Adam (2 + 2 beta1)/((1
    /// - beta1) eta), of P^-1/2 H P^-1/2 (Cohen et al. 2021; 2022).</remarks>
    public double? Edge => Kind switch
    {
        WatchedMethod.Nesterov => (2 + (2 * Momentum)) / ((1 + (2 * Momentum)) * LearningRate),
        WatchedMethod.Adam => (2 + (2 * Momentum)) / ((1 - Momentum) * LearningRate),
        WatchedMethod.Descent => (2 + (2 * Momentum)) / LearningRate,
        _ => null,
    };

    /// <summary>Reads the settings of the first group of a checkpoint's optimizer.</summary>
    /// <param name="state">State of the optimizer.</param>
    public static WatchedOptimizer Of(OptimizerState state)
    {
        var group = state.Groups[0];
        if (group.Betas is { } betas)
            return new(WatchedMethod.Adam, group.LearningRate, betas.First, betas.Second, group.Epsilon ?? 1e-8);
        return new(group.Nesterov == true ? WatchedMethod.Nesterov : WatchedMethod.Descent, group.LearningRate, group.Momentum ?? 0);
    }

    /// <summary>Adam's preconditioner P = sqrt(v / (1 - beta2^t)) + epsilon [p]; null where the state has no second
    /// moments.</summary>
    /// <param name="state">State of the optimizer.</param>
    /// <param name="parameters">Parameters of the model, in the order of theta.</param>
    /// <param name="path">File of the state, for messages.</param>
    /// <param name="precision">Precision of P.</param>
    /// <exception cref="InvalidDataException">The state does not fit the model.</exception>
    public Tensor? Preconditioner(
        OptimizerState state, IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> parameters, string path, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        var indices = state.IndicesByName(parameters, path);
        var parts = new List<Tensor>();
        foreach (var (name, _) in parameters)
        {
            if (!state.Parameters.TryGetValue(indices[name], out var own)
                || SecondMoment(own, own.Step ?? state.Step ?? 0, SecondBeta, Epsilon) is not { } P)
                return null;
            parts.Add(P);
        }
        return scope.MoveToOuter(cat([.. parts]).to(precision));
    }

    /// <summary>Returns sqrt(v / (1 - beta2^t)) + epsilon of one parameter, flat, in float64; null without second moments.</summary>
    internal static Tensor? SecondMoment(ParameterState state, long steps, double beta2, double epsilon)
    {
        var second = state.Tensors.GetValueOrDefault("max_exp_avg_sq") ?? state.Tensors.GetValueOrDefault("exp_avg_sq");
        if (steps < 1 || second is null) return null;
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(((second.to(ScalarType.Float64) / (1 - Math.Pow(beta2, steps))).sqrt() + epsilon).flatten());
    }
}

/// <summary>The method of a watched training.</summary>
public enum WatchedMethod
{
    /// <summary>Gradient descent, with or without momentum (heavy ball).</summary>
    Descent,

    /// <summary>Nesterov's momentum.</summary>
    Nesterov,

    /// <summary>Adam or AdamW.</summary>
    Adam,

    /// <summary>Sharpness-aware minimization (<see cref="Brink.Edges.SamEdge"/>).</summary>
    Sam,

    /// <summary>A zeroth-order method with the two-point Gaussian estimate (<see cref="Brink.Edges.ZerothOrderEdge"/>).</summary>
    ZerothOrder,

    /// <summary>Steps of the sign of the gradient: sign descent, and Lion, whose update has that sign in an oscillation of period
    /// two.</summary>
    Sign,

    /// <summary>Steps of the polar factor of each matrix: spectral descent, and Muon.</summary>
    Muon,
}
