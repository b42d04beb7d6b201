using System.Diagnostics.CodeAnalysis;

namespace Brink.Lab;

/// <summary>The precision of the descent to instability.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The words of an experiment, as NumPy and PyTorch have them.")]
public enum DescentPrecision
{
    /// <summary>The precision of the paper.</summary>
    Float32,

    /// <summary>The precision of the tracked phase.</summary>
    Float64,
}
