namespace Brink.Lab;

/// <summary>The engine that differentiates the loss of a described model.</summary>
public enum DerivativeEngine
{
    /// <summary>Sweeps of truncated polynomials (<see cref="Brink.Taylor.TaylorLoss"/>).</summary>
    Taylor,

    /// <summary>Autograd of libtorch.</summary>
    Autograd,
}
