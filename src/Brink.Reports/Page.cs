using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Writes runs as one self-contained HTML file, which needs no network and no other file.</summary>
public static class Page
{
    private static readonly JsonSerializerOptions Json = new(RunJson.Options) { Converters = { new SevenDigits() } };

    private static readonly Headline Seconds = Headline.Of(RunSchema.Seconds, "seconds", "0.0");

    private static readonly string[] OriginKeys =
    [
        RunSchema.Name.Name, RunSchema.Version.Name, RunSchema.Commit.Name, RunSchema.Libtorch.Name, RunSchema.Platform.Name,
        RunSchema.Processors.Name, RunSchema.Threads.Name, RunSchema.Seed.Name, RunSchema.Parameters.Name, RunSchema.DatasetChecksum.Name,
        RunSchema.Started.Name,
    ];

    // One script: each file uses those before it.
    private static readonly string[] Scripts =
        ["page/colours.js", "page/axis.js", "page/legend.js", "page/keys.js", "page/drawing.js", "page/page.js"];

    /// <summary>Name of the page in the folder of a run.</summary>
    internal const string FileName = "page.html";

    /// <summary>Returns the path of the page in the folder of a run.</summary>
    public static string In(RunReader run) => Path.Combine(run.Folder, FileName);

    /// <summary>Writes the page of one or several runs, those of one kind of study laid over each other; an existing file of that
    /// name is replaced as a whole.</summary>
    public static void Write(IReadOnlyList<RunReader> runs, string path, StudyReports? reports = null)
    {
        var known = reports ?? StudyReports.Standard;
        ComparedRuns[] kinds = [.. runs.GroupBy(run => run.Manifest().Kind).Select(kind => new ComparedRuns([.. kind]))];
        var html = Template.Filled("page/page.html", new(StringComparer.Ordinal)
        {
            ["title"] = Escaped(string.Join(", ", runs.Select(run => Title(run, run.Manifest())))),
            ["style"] = Resources.Text("uplot/uPlot.min.css") + Resources.Text("page/page.css"),
            ["runs"] = string.Concat(kinds.Select(kind => kind.Runs is [var single] ? Section(single, known) : Section(kind, known))),
            ["uplot"] = Resources.Text("uplot/uPlot.iife.min.js"),
            ["figures"] = JsonSerializer.Serialize(kinds.Select(kind => Data(Figures.Chapters(kind, reports: known))), Json),
            ["script"] = string.Concat(Scripts.Select(Resources.Text)),
        });
        var aside = path + ".part";
        File.WriteAllText(aside, html);
        File.Move(aside, path, overwrite: true);
    }

    private static string Section(RunReader run, StudyReports reports)
    {
        var manifest = run.Manifest();
        var report = reports.Of(manifest);
        var events = run.Events();
        return Template.Filled("page/run.html", new(StringComparer.Ordinal)
        {
            ["title"] = Escaped(Title(run, manifest)),
            ["status"] = Escaped(manifest.Status),
            ["story"] = Escaped(Story.Of(run, reports)),
            ["numbers"] = string.Concat(report.Headline.Append(Seconds).Select(number => Number(manifest, number))),
            ["tables"] = string.Concat(report.Tables(manifest).Select(Rows)),
            ["experiment"] = Escaped(manifest.Get(RunSchema.Experiment) ?? ""),
            ["origin"] = string.Concat(OriginKeys.Select(key =>
                Row(key.Replace('_', ' '), manifest.Node(key)?.ToString() ?? "–"))),
            ["eventCount"] = events.Count.ToString(CultureInfo.InvariantCulture),
            ["events"] = string.Concat(events.Select(e => Row($"step {e.Step}", $"{e.Kind}: {e.Message}"))),
        });
    }

    /// <summary>Returns the section of several runs of one kind of study.</summary>
    private static string Section(ComparedRuns runs, StudyReports reports) => Template.Filled(
        "page/comparison.html",
        new(StringComparer.Ordinal)
        {
            ["title"] = Escaped($"{runs.Runs.Count} runs"),
            ["tables"] = string.Concat(new[] { runs.Results([.. reports.Of(runs.Runs[0]).Headline, Seconds]), runs.Settings() }
                .Where(table => table.Rows.Count > 0).Select(Rows)),
            ["runs"] = string.Concat(runs.Runs.Zip(runs.Labels, (run, label) => Compared(run, label, reports))),
        });

    private static string Compared(RunReader run, string label, StudyReports reports)
    {
        var manifest = run.Manifest();
        return Template.Filled("page/compared.html", new(StringComparer.Ordinal)
        {
            ["label"] = Escaped(label),
            ["title"] = Escaped(Title(run, manifest)),
            ["story"] = Escaped(Story.Of(run, reports)),
            ["experiment"] = Escaped(manifest.Get(RunSchema.Experiment) ?? ""),
        });
    }

    private static string Title(RunReader run, RunManifest manifest)
    {
        var folder = Path.GetFileName(run.Folder);
        return manifest.Get(RunSchema.Name) is { } name && name != folder ? $"{name} ({folder})" : folder;
    }

    private static IEnumerable<object> Data(IReadOnlyList<Chapter> chapters) =>
        chapters.SelectMany(chapter => chapter.Figures.Select(figure => new
        {
            Chapter = chapter.Title,
            figure.Name,
            figure.Title,
            figure.XLabel,
            figure.YLabel,
            figure.Level,
            figure.Log,
            figure.LogX,
            figure.HasNegatives,
            figure.Notes,
            Map = figure.Map is not { } map ? null : new
            {
                Image = HeatMapImage.DataUri(map),
                map.Raster.X,
                map.Raster.Y,
                map.Label,
                map.Values,
            },
            figure.Steps,
            figure.Curves,
        }));

    private static string Number(RunManifest manifest, Headline number) =>
        number.Text(manifest) is not { } text ? "" : $"<div><dt>{number.Label}</dt><dd>{text}</dd></div>";

    private static string Rows(Table table) =>
        $"<div class=\"scroll\" role=\"region\" aria-label=\"{Escaped(table.Title)}\"><table>"
            + $"<tr>{string.Concat(table.Head.Select(cell => $"<th scope=\"col\">{Escaped(cell)}</th>"))}</tr>"
            + string.Concat(table.Rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{Escaped(cell)}</td>"))}</tr>"))
            + "</table></div>";

    private static string Row(string name, string value) =>
        $"<tr><td>{Escaped(name)}</td><td>{Escaped(value)}</td></tr>";

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Writes seven digits, enough for a figure; NaN and infinities are gaps.</summary>
    private sealed class SevenDigits : JsonConverter<double>
    {
        public override double Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteRawValue(value.ToString("G7", CultureInfo.InvariantCulture));
            else
                writer.WriteNullValue();
        }
    }
}
