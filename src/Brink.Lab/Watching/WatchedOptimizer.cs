using Brink.Monitoring;
using Brink.Zoo.Checkpoints;

namespace Brink.Lab;

/// <summary>The optimizer of a watched training: its settings, given or read from a checkpoint.</summary>
/// <param name="Kind">The method.</param>
/// <param name="LearningRate">Learning rate eta; null: unknown.</param>
/// <param name="Momentum">Momentum beta, or Adam's beta1.</param>
/// <param name="SecondBeta">Adam's beta2.</param>
/// <param name="Epsilon">Epsilon of Adam and RMSProp.</param>
/// <param name="Rho">Radius of sharpness-aware minimization.</param>
public sealed record WatchedOptimizer(
    WatchedMethod Kind, double? LearningRate, double Momentum = 0, double SecondBeta = 0.999, double Epsilon = 1e-8, double Rho = 0.05)
{
    /// <summary>Dampening of momentum.</summary>
    public double Dampening { get; init; }

    /// <summary>Settings of Adafactor.</summary>
    public AdafactorSettings Adafactor { get; init; } = new();

    /// <summary>Name of the method.</summary>
    public string Name => Kind == WatchedMethod.RmsProp ? "RMSProp" : $"{Kind}";

    /// <summary>True if the optimizer divides the gradient by a diagonal P of second moments.</summary>
    public bool IsAdaptive => Kind is WatchedMethod.Adam or WatchedMethod.RmsProp or WatchedMethod.Adafactor;

    /// <summary>The gain of the optimizer's filter at the edge (<see cref="StepGain"/>); null for methods whose edge depends on
    /// more.</summary>
    public double? Gain => Kind switch
    {
        WatchedMethod.Descent or WatchedMethod.RmsProp => StepGain.Momentum(Momentum, Dampening),
        WatchedMethod.Nesterov => StepGain.Momentum(Momentum, Dampening, nesterov: true),
        WatchedMethod.Adam => StepGain.Adam(Momentum),
        WatchedMethod.Adafactor => 1,
        _ => null,
    };

    /// <summary>The edge of stability: the largest stable eigenvalue of the Hessian, or of the preconditioned one; null where the
    /// learning rate is unknown, and for methods whose edge depends on more (<see cref="WatchedEdge"/>).</summary>
    /// <remarks>Gradient descent and Adafactor 2/eta; heavy ball and RMSProp (2 + 2 beta)/eta; Nesterov (2 + 2 beta)/((1 + 2 beta)
    /// eta); Adam (2 + 2 beta1)/((1 - beta1) eta) (Cohen et al. 2021; 2022). Adaptive methods: of P^-1/2 H P^-1/2.</remarks>
    public double? Edge => 2 / (Gain * LearningRate);

    /// <summary>Reads the settings of the first group of a checkpoint's optimizer.</summary>
    /// <param name="state">State of the optimizer.</param>
    public static WatchedOptimizer Of(OptimizerState state) => Of(state.Groups[0]);

    /// <summary>Reads the settings of a group. A learning rate of 0 counts as unknown.</summary>
    /// <param name="group">Group of a checkpoint's optimizer.</param>
    public static WatchedOptimizer Of(ParameterGroup group)
    {
        // A schedule may start at a rate of 0, for which nothing is unstable.
        double? eta = group.LearningRate is { } rate && rate > 0 && double.IsFinite(rate) ? rate : null;
        var epsilon = group.Epsilon ?? 1e-8;
        return group.Method switch
        {
            OptimizerMethod.Adam when group.Betas is { } betas => new(WatchedMethod.Adam, eta, betas.First, betas.Second, epsilon),
            OptimizerMethod.RmsProp => new(WatchedMethod.RmsProp, eta, group.Momentum ?? 0, Epsilon: epsilon),
            OptimizerMethod.Adafactor => new(WatchedMethod.Adafactor, eta) { Adafactor = group.Adafactor ?? new() },
            OptimizerMethod.Sgd => new(group.Nesterov == true ? WatchedMethod.Nesterov : WatchedMethod.Descent, eta, group.Momentum ?? 0)
            {
                Dampening = group.Dampening ?? 0,
            },
            _ => new(WatchedMethod.Other, eta),
        };
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

    /// <summary>RMSProp, with or without momentum.</summary>
    RmsProp,

    /// <summary>Adafactor (<see cref="Brink.Edges.AdafactorPreconditioner"/>).</summary>
    Adafactor,

    /// <summary>Sharpness-aware minimization (<see cref="Brink.Edges.SamEdge"/>).</summary>
    Sam,

    /// <summary>A zeroth-order method with the two-point Gaussian estimate (<see cref="Brink.Edges.ZerothOrderEdge"/>).</summary>
    ZerothOrder,

    /// <summary>Steps of the sign of the gradient: sign descent, and Lion, whose update has that sign in an oscillation of period
    /// two.</summary>
    Sign,

    /// <summary>Steps of the polar factor of each matrix: spectral descent, and Muon.</summary>
    Muon,

    /// <summary>A method whose edge is not known.</summary>
    Other,
}
