using Brink.Objectives;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>A derivative was not finite; nothing was updated.</summary>
/// <param name="what">Gradient or Hessian product.</param>
/// <param name="index">Of the first element of theta where that is so.</param>
/// <param name="step">The step that was to be made, from 0.</param>
/// <param name="parameter">The module's name of the parameter, where there is one.</param>
public sealed class NonFiniteGradientException(string what, long index, long step, string? parameter = null)
    : Exception($"{what} of {parameter ?? $"theta[{index}]"} at step {step} is not finite; nothing was updated")
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
