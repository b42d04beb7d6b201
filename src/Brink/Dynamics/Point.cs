using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Dynamics;

/// <summary>A point of a trajectory. Loss and derivatives are computed once, on first use.</summary>
/// <remarks>After an expansion all of them come from it, so that the dynamics and the measurements share one
/// linearisation.</remarks>
public sealed class Point : IDisposable
{
    private readonly IObjective _objective;
    private IExpansion? _expansion;
    private (double Loss, Tensor Gradient)? _plain;
    private double? _loss;

    /// <param name="objective">Loss L.</param>
    /// <param name="theta">Parameters [p]; the point takes ownership.</param>
    public Point(IObjective objective, Tensor theta)
    {
        _objective = objective;
        Theta = theta.DetachFromDisposeScope();
    }

    /// <summary>The parameters [p].</summary>
    public Tensor Theta { get; }

    /// <summary>False for a point that is only measured: until its gradient is read, only what the loss or the products need is
    /// computed.</summary>
    public bool WantsGradient { get; init; } = true;

    /// <summary>The loss L.</summary>
    public double Loss => _expansion?.Loss ?? _plain?.Loss ?? (WantsGradient ? Plain.Loss : _loss ??= _objective.Loss(Theta));

    /// <summary>The gradient grad L [p].</summary>
    public Tensor Gradient => _expansion?.Gradient ?? Plain.Gradient;

    /// <summary>The expansion of L at theta; the point owns it.</summary>
    public IExpansion Expansion =>
        _expansion ??= WantsGradient ? _objective.ExpandAt(Theta) : _objective.CurvatureAt(Theta);

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

    /// <summary>Saves the point with the loss and gradient computed so far. An expansion is not saved but computed again on
    /// use.</summary>
    public void Save(Snapshot to)
    {
        to.Set("theta", Theta);
        if (_plain is not { } plain) return;
        to.Set("loss", plain.Loss);
        to.Set("gradient", plain.Gradient);
    }

    /// <summary>Restores a saved point.</summary>
    /// <param name="objective">Loss L.</param>
    /// <param name="from">Snapshot with the saved point.</param>
    public static Point Restored(IObjective objective, Snapshot from) => new(objective, from.Tensor("theta"))
    {
        _plain = from.Has("gradient") ? (from.Number("loss"), from.Tensor("gradient")) : null,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _expansion?.Dispose();
        _plain?.Gradient.Dispose();
        Theta.Dispose();
    }
}
