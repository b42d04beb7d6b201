using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Dynamics;

/// <summary>A point of a trajectory. What is asked of the objective there is computed once, when first asked
/// for.</summary>
/// <remarks>Once expanded it answers everything from the expansion, so that what moves it and what measures
/// it share one linearisation.</remarks>
public sealed class Point : IDisposable
{
    private readonly IObjective _objective;
    private IExpansion? _expansion;
    private (double Loss, Tensor Gradient)? _plain;

    /// <param name="objective">L.</param>
    /// <param name="theta">[p]; owned from here on.</param>
    public Point(IObjective objective, Tensor theta)
    {
        _objective = objective;
        Theta = theta.DetachFromDisposeScope();
    }

    /// <summary>[p].</summary>
    public Tensor Theta { get; }

    public double Loss => _expansion?.Loss ?? Plain.Loss;

    /// <summary>grad L [p].</summary>
    public Tensor Gradient => _expansion?.Gradient ?? Plain.Gradient;

    public IExpansion Expansion => _expansion ??= _objective.ExpandAt(Theta);

    private (double Loss, Tensor Gradient) Plain
    {
        get
        {
            if (_plain is null)
            {
                var (loss, gradient) = _objective.LossAndGradient(Theta);
                _plain = (loss, gradient.DetachFromDisposeScope());
            }
            return _plain.Value;
        }
    }

    /// <summary>What was computed there is saved with it, but for an expansion: that is made anew when it is asked for.</summary>
    public void Save(Snapshot to)
    {
        to.Set("theta", Theta);
        if (_plain is not { } plain) return;
        to.Set("loss", plain.Loss);
        to.Set("gradient", plain.Gradient);
    }

    public static Point Restored(IObjective objective, Snapshot from) => new(objective, from.Tensor("theta"))
    {
        _plain = from.Has("gradient") ? (from.Number("loss"), from.Tensor("gradient")) : null,
    };

    public void Dispose()
    {
        _expansion?.Dispose();
        _plain?.Gradient.Dispose();
        Theta.Dispose();
    }
}
