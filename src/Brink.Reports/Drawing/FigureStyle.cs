namespace Brink.Reports;

/// <summary>The look of figures in a file.</summary>
public sealed record FigureStyle
{
    /// <summary>Size of the whole image; null for 640 by 440 pixels a panel.</summary>
    public FigureSize? Size { get; init; }

    /// <summary>Size of the numbers on the axes in points, 1/72 inch; the other texts are in proportion.</summary>
    public double FontSize { get; init; } = 9;

    /// <summary>Place of the legend.</summary>
    public LegendPlace Legend { get; init; }

    /// <summary>Colours of the curves and of maps.</summary>
    public ColourScheme Colours { get; init; } = ColourScheme.Default;

    /// <summary>The part of the x axis that is drawn, in every panel; null for the first view of the figure.</summary>
    public AxisRange? X { get; init; }

    /// <summary>The part of the y axis that is drawn; null for all values in sight.</summary>
    public AxisRange? Y { get; init; }

    /// <summary>Returns the size of a text in pixels of CSS, 1/96 inch.</summary>
    /// <param name="share">Size relative to that of the numbers on the axes.</param>
    internal float Pixels(double share) => (float)(share * FontSize * 96 / 72);
}
