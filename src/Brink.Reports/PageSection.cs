using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>A section of a page: the runs of one kind of study, as HTML, and the data of their figures.</summary>
public static class PageSection
{
    // Times of a run that are enough to place every step within a pixel.
    private const int MostTimes = 500;

    private static readonly Headline Seconds = Headline.Of(RunSchema.Seconds, "seconds", "0.0");

    private static readonly string[] OriginKeys =
    [
        RunSchema.Name.Name, RunSchema.Version.Name, RunSchema.Commit.Name, RunSchema.Libtorch.Name, RunSchema.Platform.Name,
        RunSchema.Processors.Name, RunSchema.Threads.Name, RunSchema.Seed.Name, RunSchema.Parameters.Name, RunSchema.DatasetChecksum.Name,
        RunSchema.Started.Name,
    ];

    /// <summary>The JSON of figures: numbers have seven digits, and those that are not finite are null.</summary>
    public static JsonSerializerOptions Json { get; } = new(RunJson.Options) { Converters = { new SevenDigits() } };

    /// <summary>Returns the section of one run or of several as HTML, without its figures.</summary>
    public static string Html(ComparedRuns runs, StudyReports? reports = null) => runs.Runs is [var single]
        ? Of(single, reports ?? StudyReports.Standard)
        : Of(runs, reports ?? StudyReports.Standard);

    /// <summary>Returns the figures of runs, and what other x axes than the step need to know of each run, for
    /// <see cref="Json"/>.</summary>
    public static SectionData Data(ComparedRuns runs, IReadOnlyList<Chapter> chapters) => new(
        [.. runs.Runs.Zip(runs.Labels, Times)],
        [.. chapters.SelectMany(chapter => chapter.Figures.Select(figure => FigureData.Of(chapter.Title, figure)))]);

    private static string Of(RunReader run, StudyReports reports)
    {
        var manifest = run.Manifest();
        var report = reports.Of(manifest);
        var events = run.Events();
        return Template.Filled("page/run.html", new(StringComparer.Ordinal)
        {
            ["title"] = Escaped(Title(run)),
            ["status"] = Escaped(RunFolders.StatusOf(run.Folder, manifest)),
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
    private static string Of(ComparedRuns runs, StudyReports reports) => Template.Filled("page/comparison.html", new(StringComparer.Ordinal)
    {
        ["title"] = Escaped($"{runs.Runs.Count} runs"),
        ["tables"] = string.Concat(new[] { runs.Results([.. reports.Of(runs.Runs[0]).Headline, Seconds]), runs.Settings() }
            .Where(table => table.Rows.Count > 0).Select(Rows)),
        ["runs"] = string.Concat(runs.Runs.Zip(runs.Labels, (run, label) => Compared(run, label, reports))),
    });

    private static string Compared(RunReader run, string label, StudyReports reports) =>
        Template.Filled("page/compared.html", new(StringComparer.Ordinal)
        {
            ["label"] = Escaped(label),
            ["title"] = Escaped(Title(run)),
            ["story"] = Escaped(Story.Of(run, reports)),
            ["experiment"] = Escaped(run.Manifest().Get(RunSchema.Experiment) ?? ""),
        });

    /// <summary>Returns the title of a run: its name, and the folder if that has another name.</summary>
    public static string Title(RunReader run)
    {
        var folder = Path.GetFileName(run.Folder);
        return run.Manifest().Get(RunSchema.Name) is { } name && name != folder ? $"{name} ({folder})" : folder;
    }

    private static RunTimes Times(RunReader run, string label)
    {
        var clock = run.Clock();
        var every = (clock.Count + MostTimes - 1) / MostTimes;
        SeriesPoint[] kept = [.. clock.Where((_, i) => i % every == 0 || i == clock.Count - 1)];
        var manifest = run.Manifest();
        return new(
            Path.GetFileName(run.Folder),
            label,
            manifest.Get(RunSchema.LearningRate) ?? 2 / manifest.Get(RunSchema.Threshold),
            [.. kept.Select(point => (double)point.Step)],
            [.. kept.Select(point => point.Value)]);
    }

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
