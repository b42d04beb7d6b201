namespace Brink.Reports;

/// <summary>Pattern of a line.</summary>
public enum Dash
{
    /// <summary>A solid line.</summary>
    Solid,

    /// <summary>Dashes.</summary>
    Dashed,

    /// <summary>Dots.</summary>
    Dotted,

    /// <summary>Dashes and dots in turn.</summary>
    DashDot,

    /// <summary>Long dashes.</summary>
    LongDash,

    /// <summary>A dash and two dots in turn.</summary>
    DashDotDot,
}
