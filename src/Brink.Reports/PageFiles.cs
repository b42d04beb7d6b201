namespace Brink.Reports;

/// <summary>The files of the page, by their path in this project: the page offline and the served one consist of the same.</summary>
public static class PageFiles
{
    /// <summary>The library of charts.</summary>
    public const string Chart = "uplot/uPlot.iife.min.js";

    /// <summary>The style sheets.</summary>
    public static IReadOnlyList<string> Styles { get; } = ["uplot/uPlot.min.css", "page/page.css"];

    /// <summary>The scripts of figures, each of which uses those before it.</summary>
    public static IReadOnlyList<string> FigureScripts { get; } =
    [
        "page/element.js", "page/colours.js", "page/axis.js", "page/legend.js", "page/keys.js", "page/drawing.js", "page/view.js",
        "page/table.js", "page/figure.js",
    ];

    /// <summary>Returns the text of a file.</summary>
    public static string Text(string path) => Resources.Text(path);
}
