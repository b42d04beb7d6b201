namespace Brink.Reports;

/// <summary>One colour for each process, on the page and in the image files: Okabe and Ito's, which
/// colour-blind readers tell apart.</summary>
internal static class Palette
{
    public static string Of(Curve curve) => (curve.Process, curve.Label) switch
    {
        (_, "second") => "#D55E00",
        ("gd", _) => "#0072B2",
        ("flow", _) => "#E69F00",
        ("constrained", _) => "#009E73",
        ("predicted", _) => "#D55E00",
        ("generalized", _) => "#CC79A7",
        _ => "#56B4E9",
    };
}
