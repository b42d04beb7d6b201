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

    public void Dispose()
    {
        _expansion?.Dispose();
        _plain?.Gradient.Dispose();
        Theta.Dispose();
    }
}
