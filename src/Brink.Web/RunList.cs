using Brink.Reports;
using Brink.Runs;

namespace Brink.Web;

/// <summary>The list of runs.</summary>
internal static class RunList
{
    /// <summary>Returns the runs of a folder, the newest first, each with those of its settings in which runs differ.</summary>
    public static IReadOnlyList<RunEntry> Read(string root) =>
        WithDifferences([.. RunFolders.All(root).AsParallel().AsOrdered().Select(Entry)]);

    /// <summary>Returns the folder of a run; null if there is no such run. An id is the name of a folder and never a path.</summary>
    public static string? Find(string root, string id)
    {
        var name = Path.GetFileName(id);
        if (name.Length == 0 || name != id || name is "." or "..") return null;
        return RunFolders.TryFind(root, Path.Combine(Path.GetFullPath(root), name));
    }

    /// <summary>Returns the entry of a run with all its settings; a run that cannot be read is listed with the reason.</summary>
    public static RunEntry Entry(string folder)
    {
        var id = Path.GetFileName(folder);
        try
        {
            var manifest = RunReader.ManifestOf(folder);
            return new(
                id,
                manifest.Get(RunSchema.Name) ?? id,
                RunFolders.StatusOf(folder, manifest),
                manifest.Kind,
                manifest.Get(RunSchema.Message),
                manifest.Get(RunSchema.Started),
                manifest.Get(RunSchema.Seconds),
                Numbers(manifest),
                RunSettings.Of(manifest).DistinctBy(setting => setting.Path)
                    .ToDictionary(setting => setting.Path, setting => setting.Value, StringComparer.Ordinal));
        }
        catch (Exception e) when (e is RunStoreException or InvalidOperationException or FormatException)
        {
            return new(id, id, "unreadable", null, e.Message, null, null, Empty<double>(), Empty<string>());
        }
    }

    /// <summary>Returns the entries without the settings that are the same in every run that has them.</summary>
    public static IReadOnlyList<RunEntry> WithDifferences(IReadOnlyList<RunEntry> entries)
    {
        var differing = entries.SelectMany(entry => entry.Settings)
            .GroupBy(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal)
            .Where(values => values.Distinct(StringComparer.Ordinal).Skip(1).Any())
            .Select(values => values.Key)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. entries.Select(entry => entry with
            {
                Settings = entry.Settings.Where(setting => differing.Contains(setting.Key))
                    .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal),
            }),
        ];
    }

    private static Dictionary<string, double> Numbers(RunManifest manifest) =>
        StudyReports.Standard.Of(manifest).Headline
            .Select(headline => (headline.Label, Value: headline.Value(manifest)))
            .Where(number => number.Value is { } value && double.IsFinite(value))
            .ToDictionary(number => number.Label, number => number.Value!.Value, StringComparer.Ordinal);

    private static Dictionary<string, T> Empty<T>() => new(StringComparer.Ordinal);
}
