using Brink.Reports;
using Brink.Runs;

namespace Brink.Web;

/// <summary>The list of runs of a folder. A run is read again only if its files have changed.</summary>
/// <param name="root">Folder of the runs.</param>
internal sealed class RunList(string root)
{
    private static readonly string[] Written = [RunFolders.StoreFile, RunFolders.StoreLog];

    private readonly Dictionary<string, Seen> _known = new(StringComparer.Ordinal);
    private IReadOnlyList<RunEntry> _entries = [];

    /// <summary>Full path of the folder.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Returns the runs, the newest first, each with those of its settings in which runs differ: the same object as before
    /// if nothing has changed.</summary>
    public IReadOnlyList<RunEntry> Read()
    {
        // Several pages need it at the same time: the first one reads.
        lock (_known)
        {
            var folders = RunFolders.All(Root);
            string[] removed = [.. _known.Keys.Except(folders, StringComparer.Ordinal)];
            foreach (var gone in removed) _known.Remove(gone);
            var stale = folders
                .Select(folder => (Folder: folder, Stamp: Stamp(folder)))
                // The end of a process that was killed changes no file.
                .Where(one => !_known.TryGetValue(one.Folder, out var seen)
                    || seen.Stamp != one.Stamp || seen.Entry.Status == RunStatus.Running.Name())
                .ToArray();
            if (stale.Length + removed.Length == 0) return _entries;
            foreach (var (folder, seen) in stale.AsParallel().Select(one => (one.Folder, new Seen(one.Stamp, Entry(one.Folder)))))
                _known[folder] = seen;
            return _entries = WithDifferences([.. folders.Select(folder => _known[folder].Entry)]);
        }
    }

    /// <summary>Returns the folder of a run; null if there is no such run. An id is the name of a folder and never a path.</summary>
    public string? Find(string id)
    {
        var name = Path.GetFileName(id);
        if (name.Length == 0 || name != id || name is "." or "..") return null;
        return RunFolders.TryFind(Root, Path.Combine(Root, name));
    }

    /// <summary>Returns the entry of a run with all its settings; a run that cannot be read is listed with the reason.</summary>
    private static RunEntry Entry(string folder)
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
            return new(id, id, SweepRow.Unreadable, null, e.Message, null, null, Empty<double>(), Empty<string>());
        }
    }

    /// <summary>Returns the entries without the settings that are the same in every run that has them.</summary>
    private static IReadOnlyList<RunEntry> WithDifferences(IReadOnlyList<RunEntry> entries)
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

    private static string Stamp(string folder) => string.Join(' ', Written.Select(name =>
    {
        var file = new FileInfo(Path.Combine(folder, name));
        return file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length}" : "-";
    }));

    private sealed record Seen(string Stamp, RunEntry Entry);
}
