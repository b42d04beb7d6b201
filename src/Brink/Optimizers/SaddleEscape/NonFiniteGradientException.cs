using Brink.Objectives;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Reports that a derivative was not finite; nothing was updated.</summary>
/// <param name="what">Kind of derivative: gradient or Hessian product.</param>
/// <param name="index">Index of the first element that is not finite.</param>
/// <param name="step">Step that was to be made, from 0.</param>
/// <param name="parameter">Name of the parameter in its module, if there is one.</param>
public sealed class NonFiniteGradientException(string what, long index, long step, string? parameter = null)
    : Exception($"{what} of {parameter ?? $"theta[{index}]"} at step {step} is not finite; no parameter was updated")
{
    internal static void Require(Tensor derivative, string what, long step)
    {
        using var scope = NewDisposeScope();
        var finite = derivative.isfinite();
        if (finite.all().ToBoolean()) return;
        throw new NonFiniteGradientException(what, finite.to(ScalarType.Float32).argmin().ToInt64(), step);
    }

    internal NonFiniteGradientException In(ModuleParameters parameters)
    {
        var start = 0L;
        foreach (var (name, size) in parameters.Parts)
        {
            if (index < start + size) return new(what, index, step, name);
            start += size;
        }
        return this;
    }
}
