namespace Brink.Zoo.Checkpoints;

/// <summary>The settings of an optimizer for a group of parameters, by PyTorch's names; null where the file has none.</summary>
/// <param name="Parameters">Indices of the parameters in the state of the optimizer.</param>
/// <param name="Names">Names of these parameters, if the optimizer was made of named parameters.</param>
/// <param name="LearningRate"><c>lr</c>.</param>
/// <param name="Betas"><c>betas</c>: the decay rates of both moments.</param>
/// <param name="Epsilon"><c>eps</c>.</param>
/// <param name="WeightDecay"><c>weight_decay</c>.</param>
/// <param name="Momentum"><c>momentum</c>.</param>
/// <param name="Dampening"><c>dampening</c>.</param>
/// <param name="Nesterov"><c>nesterov</c>.</param>
/// <param name="Decoupled"><c>decoupled_weight_decay</c>: true for AdamW.</param>
/// <param name="Amsgrad"><c>amsgrad</c>: the preconditioner uses the largest second moment so far.</param>
public sealed record ParameterGroup(
    IReadOnlyList<long> Parameters,
    IReadOnlyList<string>? Names,
    double? LearningRate,
    (double First, double Second)? Betas,
    double? Epsilon,
    double? WeightDecay,
    double? Momentum,
    double? Dampening,
    bool? Nesterov,
    bool? Decoupled,
    bool? Amsgrad)
{
    /// <summary>The optimizer.</summary>
    public OptimizerMethod Method { get; init; } = Betas is null ? OptimizerMethod.Sgd : OptimizerMethod.Adam;

    /// <summary>Settings of Adafactor; null of other optimizers.</summary>
    public AdafactorSettings? Adafactor { get; init; }

    /// <summary>Names of all settings in the file.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}
