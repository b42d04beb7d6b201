namespace Brink.Zoo.Checkpoints;

/// <summary>The state of an optimizer for one parameter.</summary>
/// <param name="Tensors">Tensors by PyTorch's names, such as <c>exp_avg_sq</c> or <c>momentum_buffer</c>, without the
/// step.</param>
/// <param name="Step">The number of steps taken, if the optimizer counts them.</param>
public sealed record ParameterState(IReadOnlyDictionary<string, Tensor> Tensors, long? Step);
