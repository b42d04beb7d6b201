using System.Diagnostics.CodeAnalysis;

namespace Brink.Lab;

/// <summary>The precision of the Hessian products and third derivatives of the tracked phase. Loss, gradient, vectors and
/// projections are float64 in any case.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The words of an experiment, as NumPy and PyTorch have them.")]
public enum TrackingPrecision
{
    /// <summary>Mixed where the rounding of a float32 product, measured at the edge, is at most half of both tolerances of the
    /// constrained trajectory; else float64.</summary>
    Auto,

    /// <summary>float64 throughout.</summary>
    Float64,

    /// <summary>float32 products (<see cref="Brink.Objectives.MixedPrecision"/>).</summary>
    Mixed,
}
