namespace Brink.Taylor;

/// <summary>The adjoints that a sweep at a point computes.</summary>
internal enum Backward
{
    /// <summary>None: only the loss is wanted.</summary>
    None,

    /// <summary>Those that higher orders need: of all values that depend on a sample.</summary>
    WithinSamples,

    /// <summary>Those of the parameters too, summed over the samples: the gradient.</summary>
    ToTheta,
}
