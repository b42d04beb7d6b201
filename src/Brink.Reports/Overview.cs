using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Formats the manifest and the events of a run as tables for a person: every value, rounded, for any kind of
/// run.</summary>
public static class Overview
{
    private static readonly string[]
        Run =
        [
            RunSchema.Name.Name, RunSchema.Status.Name, RunSchema.Message.Name,
            RunSchema.Kind.Name, RunSchema.Started.Name, RunSchema.Seconds.Name,
            RunSchema.Resumed.Name,
        ],
        Origin =
        [
            RunSchema.Version.Name, RunSchema.Commit.Name, RunSchema.Libtorch.Name, RunSchema.Platform.Name, RunSchema.Processors.Name,
            RunSchema.Threads.Name, RunSchema.PeakMemoryMb.Name, RunSchema.Engine.Name, RunSchema.Seed.Name,
            RunSchema.DatasetChecksum.Name, RunSchema.TestChecksum.Name, RunSchema.Files.Name,
        ];

    /// <summary>Returns tables of the run, its results, its events, its origin and its experiment.</summary>
    public static IReadOnlyList<Table> Of(RunReader run, StudyReports? reports = null)
    {
        var manifest = run.Manifest();
        var report = (reports ?? StudyReports.Standard).Of(manifest);
        string[] shown =
            [.. Run, .. Origin, .. report.Results.Select(table => table.Key), RunSchema.Experiment.Name, RunSchema.Study.Name];
        var results = new JsonLines();
        foreach (var key in manifest.Keys.Except(shown, StringComparer.Ordinal)) results.Add(key, manifest.Node(key));
        Table[] tables =
        [
            Named("run", Run, key =>
                key == RunSchema.Status.Name && manifest.Keys.Contains(key) ? RunFolders.StatusOf(run.Folder, manifest)
                : key == RunSchema.Kind.Name ? manifest.Kind
                : manifest.Node(key)),
            new("results", [], results.Lines),
            .. report.Tables(manifest),
            .. results.Tables,
            new("events", ["event", "times", "first step", "last step", "last message"], Events(run.Events())),
            Named("origin", Origin, manifest.Node),
            new("experiment", [], Parameters(manifest.Get(RunSchema.Experiment) ?? "")),
        ];
        return [.. tables.Where(table => table.Rows.Count > 0)];
    }

    private static Table Named(string title, IEnumerable<string> keys, Func<string, JsonNode?> value)
    {
        var lines = new JsonLines();
        foreach (var key in keys) lines.Add(key, value(key));
        return new(title, [], lines.Lines);
    }

    private static string[][] Events(IReadOnlyList<RunEvent> events) =>
    [
        .. events.GroupBy(one => one.Kind).Select(kind => new[]
        {
            kind.Key.Replace('_', ' '), Text(kind.Count()),
            Text(kind.Min(one => one.Step)), Text(kind.Max(one => one.Step)), kind.Last().Message,
        }),
    ];

    /// <summary>Returns the rows of an experiment: a line of YAML in each row, or the values of JSON by name.</summary>
    private static IReadOnlyList<string[]> Parameters(string experiment)
    {
        try
        {
            if (JsonNode.Parse(experiment) is JsonObject values)
            {
                var lines = new JsonLines();
                foreach (var (key, value) in values) lines.Add(key, value);
                return [.. lines.Lines, .. lines.Tables.SelectMany(table => table.Rows)];
            }
        }
        catch (JsonException)
        {
            // YAML, which is shown as it is.
        }
        return [.. experiment.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new[] { line })];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
