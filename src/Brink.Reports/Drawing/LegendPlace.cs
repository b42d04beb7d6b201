namespace Brink.Reports;

/// <summary>Place of the legend of a figure: outside the axes, or in a corner inside.</summary>
public enum LegendPlace
{
    Below,
    Right,
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
    None,
}
