using Brink.Runs;

namespace Brink.Reports;

/// <summary>Runs that are compared: in figures that are laid over each other, and in tables.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Labels">Label of each run.</param>
public sealed record ComparedRuns(IReadOnlyList<RunReader> Runs, IReadOnlyList<string> Labels)
{
    /// <summary>Compares runs under their usual labels.</summary>
    public ComparedRuns(IReadOnlyList<RunReader> runs)
        : this(runs, RunLabels.Of(runs))
    {
    }

    /// <summary>Groups runs by their kind of study: those of one kind are compared.</summary>
    public static IReadOnlyList<ComparedRuns> ByKind(IEnumerable<RunReader> runs) =>
        [.. runs.GroupBy(run => run.Manifest().Kind).Select(kind => new ComparedRuns([.. kind]))];

    /// <summary>Returns the settings in which the runs differ, a row for each and a column for each run.</summary>
    public Table Settings() => new(
        "settings that differ",
        ["settings that differ", .. Labels],
        [.. RunSettings.Differences(Runs).Select(setting => (string[])[setting.Path.Replace('_', ' '), .. setting.Values])]);

    /// <summary>Returns the headlines of the runs, a row for each and a column for each run.</summary>
    internal Table Results(IReadOnlyList<Headline> headlines)
    {
        var manifests = Runs.Select(run => run.Manifest()).ToArray();
        return new(
            "results",
            ["results", .. Labels],
            [
                ["run", .. Runs.Select(run => Path.GetFileName(run.Folder))],
                ["status", .. manifests.Select(manifest => manifest.Status)],
                .. headlines
                    .Select(headline => (string[])[headline.Label, .. manifests.Select(manifest => headline.Text(manifest) ?? "–")])
                    .Where(row => row.Skip(1).Any(cell => cell != "–")),
            ]);
    }
}
