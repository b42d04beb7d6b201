namespace Brink.Objectives;

/// <summary>The outcome of a <see cref="DerivativeCheck"/>. Errors are relative, and NaN where nothing could be
/// compared.</summary>
/// <param name="SlopeError">Error of g.v against differences of the loss.</param>
/// <param name="ProductError">Error of H v against differences of gradients.</param>
/// <param name="Asymmetry">|u.Hv - v.Hu| relative to the larger of the two, or to |Hu| |v| / sqrt(p) where that is more.</param>
public sealed record DerivativeVerdict(double SlopeError, double ProductError, double Asymmetry)
{
    /// <summary>The wrong derivative, the parameter where it is found, the relative error and the remedy, in one line; null
    /// where all derivatives agree with the loss.</summary>
    public string? Fault { get; init; }

    /// <summary>The reason why a derivative could be neither confirmed nor refuted, in one line; null if all were
    /// decided.</summary>
    public string? Undecided { get; init; }

    /// <summary>Parameters whose gradient is zero and on which the loss does not depend.</summary>
    public IReadOnlyList<string> WithoutInfluence { get; init; } = [];

    /// <summary>Parameters whose gradient is zero although the loss depends on them.</summary>
    public IReadOnlyList<string> Unreached { get; init; } = [];

    /// <summary>True if a part of the model rounds more coarsely than its parameters do, as a conversion to float16 and back
    /// does.</summary>
    public bool HasInternalRounding { get; init; }

    /// <summary>Standard deviation of a Hessian product that comes from rounding inside the model, relative to the product; zero
    /// where nothing rounds more coarsely than the parameters.</summary>
    public double ProductNoise { get; init; }

    /// <summary>True if no fault was found; an undecided derivative is not a fault.</summary>
    public bool Passed => Fault is null;
}
