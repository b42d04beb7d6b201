using System.Globalization;
using System.Net;
using System.Text.Json;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Writes the page of a sweep: one self-contained HTML file with a map and lines over any two axes, in which every point
/// is a link to the page of its run.</summary>
public static class SweepPage
{
    private static readonly string[] Scripts = ["page/element.js", "page/colours.js", "page/axis.js", "page/sweep.js"];

    private static readonly string[] Columns = [RunSchema.Seconds.Name, RunSchema.PeakMemoryMb.Name];

    /// <summary>Writes the page; an existing file of that name is replaced as a whole.</summary>
    /// <param name="table">Points and results.</param>
    /// <param name="path">Path of the page. Its links start at its folder.</param>
    public static void Write(SweepTable table, string path)
    {
        var root = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var links = table.Rows.Select(row => Link(root, row)).ToArray();
        var html = Template.Filled("page/sweep.html", new(StringComparer.Ordinal)
        {
            ["title"] = Escaped(table.Name),
            ["style"] = Resources.Text("page/page.css"),
            ["counts"] = string.Concat(table.Counts.Select(count =>
                $"<div><dt>{Escaped(count.Status)}</dt><dd>{count.Count.ToString(CultureInfo.InvariantCulture)}</dd></div>")),
            ["head"] = string.Concat(
                new[] { "point" }.Concat(table.Axes.Select(axis => axis.Path)).Append("status")
                    .Concat(Columns.Select(name => name.Replace('_', ' '))).Append("message")
                    .Select(cell => $"<th scope=\"col\">{Escaped(cell)}</th>")),
            ["rows"] = string.Concat(table.Rows.Zip(links, Row)),
            ["sweep"] = JsonSerializer.Serialize(Data(table, links), RunJson.Options),
            ["script"] = string.Concat(Scripts.Select(Resources.Text)),
        });
        WholeFile.Write(path, html);
    }

    /// <summary>Returns the address of a run's page, relative to the folder of the sweep; null if there is no page yet.</summary>
    private static string? Link(string root, SweepRow row)
    {
        var page = Path.Combine(row.Folder, Page.FileName);
        return File.Exists(page)
            ? string.Join('/', Path.GetRelativePath(root, page).Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString))
            : null;
    }

    private static string Row(SweepRow row, string? link)
    {
        var index = row.Index.ToString(CultureInfo.InvariantCulture);
        string[] cells =
        [
            .. row.Values, row.Status,
            .. Columns.Select(name => row.Results.TryGetValue(name, out var value) ? Story.N(value) : "–"), row.Message,
        ];
        return $"<tr><td>{(link is null ? index : $"<a href=\"{link}\">{index}</a>")}</td>"
            + $"{string.Concat(cells.Select(cell => $"<td>{Escaped(cell)}</td>"))}</tr>\n";
    }

    private static object Data(SweepTable table, IReadOnlyList<string?> links) => new
    {
        table.Axes,
        table.Results,
        Points = table.Rows.Select((row, i) => new
        {
            row.Index,
            row.Values,
            row.Status,
            Link = links[i],
            Results = table.Results.Select(name =>
                row.Results.TryGetValue(name, out var value) && double.IsFinite(value) ? value : (double?)null),
        }),
    };

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
