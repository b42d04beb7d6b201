using System.Net;
using System.Text.Json;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Writes runs as one self-contained HTML file, which needs no network and no other file.</summary>
public static class Page
{
    // One script: each file uses those before it.
    private static readonly string[] Scripts = [.. PageFiles.FigureScripts, "page/page.js"];

    /// <summary>Name of the page in the folder of a run.</summary>
    internal const string FileName = "page.html";

    /// <summary>Returns the path of the page in the folder of a run.</summary>
    public static string In(RunReader run) => Path.Combine(run.Folder, FileName);

    /// <summary>Writes the page of one or several runs, those of one kind of study laid over each other; an existing file of that
    /// name is replaced as a whole.</summary>
    public static void Write(IReadOnlyList<RunReader> runs, string path, StudyReports? reports = null)
    {
        var kinds = ComparedRuns.ByKind(runs);
        var html = Template.Filled("page/page.html", new(StringComparer.Ordinal)
        {
            ["title"] = WebUtility.HtmlEncode(string.Join(", ", runs.Select(PageSection.Title))),
            ["style"] = string.Concat(PageFiles.Styles.Select(PageFiles.Text)),
            ["runs"] = string.Concat(kinds.Select(kind => PageSection.Html(kind, reports))),
            ["uplot"] = PageFiles.Text(PageFiles.Chart),
            ["figures"] = JsonSerializer.Serialize(
                kinds.Select(kind => PageSection.Data(kind, Figures.Chapters(kind, reports: reports))), PageSection.Json),
            ["script"] = string.Concat(Scripts.Select(PageFiles.Text)),
        });
        WholeFile.Write(path, html);
    }
}
