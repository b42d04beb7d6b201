namespace Brink.Lab;

/// <summary>What differentiates a described model's loss.</summary>
public enum DerivativeEngine
{
    /// <summary>Sweeps of truncated polynomials (<see cref="Brink.Taylor.TaylorLoss"/>).</summary>
    Taylor,

    /// <summary>libtorch's.</summary>
    Autograd,
}
