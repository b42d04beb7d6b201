using Brink.Reports;

namespace Brink.Web;

/// <summary>The files of the front end: the scripts and styles of the offline page, and those of lists and live updates.</summary>
internal static class Assets
{
    private static readonly Dictionary<string, (string Text, string Type)> Files = new(StringComparer.Ordinal)
    {
        ["chart.js"] = (PageFiles.Text(PageFiles.Chart), "text/javascript; charset=utf-8"),
        ["brink.js"] = (
            "\"use strict\";\n" + string.Concat(PageFiles.FigureScripts.Select(PageFiles.Text))
                + string.Concat(new[] { "page/list.js", "page/map.js", "page/live.js", "page/main.js" }.Select(Own)),
            "text/javascript; charset=utf-8"),
        ["brink.css"] = (
            string.Concat(PageFiles.Styles.Select(PageFiles.Text)) + Own("page/live.css"), "text/css; charset=utf-8"),
        ["icon.svg"] = (Own("page/icon.svg"), "image/svg+xml"),
    };

    /// <summary>The page, which is the same for every address.</summary>
    public static string Shell { get; } = Own("page/index.html");

    public static (string Text, string Type)? Find(string name) => Files.TryGetValue(name, out var file) ? file : null;

    private static string Own(string path)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(path)
            ?? throw new FileNotFoundException($"no embedded file {path}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
