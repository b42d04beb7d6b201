namespace Brink.Reports;

/// <summary>Pattern of a line.</summary>
public enum Dash
{
    Solid,
    Dashed,
    Dotted,
    DashDot,
    LongDash,
    DashDotDot,
}
