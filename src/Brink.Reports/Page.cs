using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>A run as one HTML file that needs nothing else: no network, no other file.</summary>
public static class Page
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new SevenDigits() },
    };

    /// <summary>The numbers at the top, by their key in the manifest.</summary>
    private static readonly (string Key, string Label, string Format)[] Numbers =
    [
        ("threshold", "2/η", "G5"),
        ("instability_step", "reached at step", "0"),
        ("tracked_steps", "tracked steps", "0"),
        ("prediction_error_mean", "prediction error, mean", "0.00 %"),
        ("prediction_error_max", "prediction error, largest", "0.00 %"),
        ("max_constraint_error", "constraint error, largest", "0.0e0"),
        ("max_alignment_error", "alignment error, largest", "0.0e0"),
        ("products_per_step", "Hessian products a step", "0.0"),
        ("gradients_per_step", "gradients a step", "0.0"),
        ("third_derivatives_per_step", "third derivatives a step", "0.0"),
        ("best_learning_rate", "best learning rate", "G5"),
        ("sharpness", "sharpness", "G5"),
        ("largest_stable_step", "largest stable step", "G4"),
        ("effective_rank", "effective rank", "G4"),
        ("participation_rank", "participation rank", "G4"),
        ("condition_number", "condition number above 1e-6 of S", "G3"),
        ("largest_stable_game_step", "largest stable step", "G4"),
        ("mean_steps", "mean steps", "G4"),
        ("best_score", "score on the validation games", "G4"),
        ("overhead", "share of time for measuring", "0.0 %"),
        ("seconds", "seconds", "0.0"),
    ];

    private static readonly string[] OriginKeys =
    [
        "name",
        "version",
        "commit",
        "libtorch",
        "platform",
        "processors",
        "threads",
        "seed",
        "parameters",
        "dataset_checksum",
        "started",
    ];

    /// <summary>Writes the page of one run or several; an old file of that name is replaced as a
    /// whole.</summary>
    public static void Write(IReadOnlyList<RunReader> runs, string path)
    {
        var html = Filled("page/page.html", new(StringComparer.Ordinal)
        {
            ["title"] = Escaped(string.Join(", ", runs.Select(run => Title(run, run.Manifest())))),
            ["style"] = Resources.Text("uplot/uPlot.min.css") + Resources.Text("page/page.css"),
            ["runs"] = string.Concat(runs.Select(Section)),
            ["uplot"] = Resources.Text("uplot/uPlot.iife.min.js"),
            ["figures"] = JsonSerializer.Serialize(runs.Select(Data), Json),
            ["script"] = Resources.Text("page/page.js"),
        });
        var aside = path + ".part";
        File.WriteAllText(aside, html);
        File.Move(aside, path, overwrite: true);
    }

    private static string Section(RunReader run)
    {
        var manifest = run.Manifest();
        var events = run.Events();
        return Filled("page/run.html", new(StringComparer.Ordinal)
        {
            ["title"] = Escaped(Title(run, manifest)),
            ["status"] = Escaped(manifest.Status),
            ["story"] = Escaped(Story.Of(run)),
            ["numbers"] = string.Concat(Numbers.Select(number => Number(manifest, number))),
            ["tables"] = string.Concat(StudyTables.Of(manifest).Select(Rows)),
            ["experiment"] = Escaped(manifest.Text("experiment") ?? ""),
            ["origin"] = string.Concat(OriginKeys.Select(key =>
                Row(key.Replace('_', ' '), manifest.Node(key)?.ToString() ?? "–"))),
            ["eventCount"] = events.Count.ToString(CultureInfo.InvariantCulture),
            ["events"] = string.Concat(events.Select(e => Row($"step {e.Step}", $"{e.Kind}: {e.Message}"))),
        });
    }

    private static string Title(RunReader run, RunManifest manifest)
    {
        var folder = Path.GetFileName(run.Folder);
        return manifest.Text("name") is { } name && name != folder ? $"{name} ({folder})" : folder;
    }

    /// <summary>A template with its marks filled in: split at them, since a value may contain what looks like
    /// one.</summary>
    private static string Filled(string template, Dictionary<string, string> parts) => string.Concat(
        Resources.Text(template).Split("{{").Select((piece, i) =>
        {
            if (i == 0) return piece;
            var end = piece.IndexOf("}}", StringComparison.Ordinal);
            return parts[piece[..end]] + piece[(end + 2)..];
        }));

    private static IEnumerable<object> Data(RunReader run) =>
        Figures.Chapters(run).SelectMany(chapter => chapter.Figures.Select(figure => new
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

    private static string Number(RunManifest manifest, (string Key, string Label, string Format) number) =>
        manifest.Number(number.Key) is not { } value ? ""
            : $"<div><dt>{number.Label}</dt>"
                + $"<dd>{value.ToString(number.Format, CultureInfo.InvariantCulture)}</dd></div>";

    private static string Rows(Table table) =>
        $"<table><tr>{string.Concat(table.Head.Select(cell => $"<th>{Escaped(cell)}</th>"))}</tr>"
            + string.Concat(table.Rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{Escaped(cell)}</td>"))}</tr>"))
            + "</table>";

    private static string Row(string name, string value) =>
        $"<tr><td>{Escaped(name)}</td><td>{Escaped(value)}</td></tr>";

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A picture needs no more; NaN and infinities are gaps.</summary>
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
