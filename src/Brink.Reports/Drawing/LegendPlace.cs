namespace Brink.Reports;

/// <summary>Place of the legend of a figure: outside the axes, or in a corner inside.</summary>
public enum LegendPlace
{
    /// <summary>Below the axes.</summary>
    Below,

    /// <summary>To the right of the axes.</summary>
    Right,

    /// <summary>Inside, at the top left.</summary>
    TopLeft,

    /// <summary>Inside, at the top right.</summary>
    TopRight,

    /// <summary>Inside, at the bottom left.</summary>
    BottomLeft,

    /// <summary>Inside, at the bottom right.</summary>
    BottomRight,

    /// <summary>No legend.</summary>
    None,
}
