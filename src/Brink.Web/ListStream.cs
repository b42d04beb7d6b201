using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Brink.Runs;

namespace Brink.Web;

/// <summary>The list of runs as events: the whole list, and then what changes.</summary>
internal static class ListStream
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private static readonly string[] Written = ["run.db", "run.db-wal"];

    public static async IAsyncEnumerable<SseItem<string>> Of(string root, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var known = new Dictionary<string, Seen>(StringComparer.Ordinal);
        var sent = new Dictionary<string, string>(StringComparer.Ordinal);
        var quiet = 0;
        for (var first = true; !cancellation.IsCancellationRequested; first = false)
        {
            var folders = RunFolders.All(root);
            Update(known, folders);
            var entries = RunList.WithDifferences([.. folders.Select(folder => known[folder].Entry)]);
            var texts = entries.ToDictionary(
                entry => entry.Id, entry => JsonSerializer.Serialize(entry, RunJson.Options), StringComparer.Ordinal);
            string[] changed = [.. entries.Select(entry => entry.Id).Where(id => sent.GetValueOrDefault(id) != texts[id])];
            string[] removed = [.. sent.Keys.Where(id => !texts.ContainsKey(id))];
            if (first || changed.Length + removed.Length > 0)
            {
                yield return new(
                    $"{{\"runs\":[{string.Join(',', changed.Select(id => texts[id]))}],\"removed\":{JsonSerializer.Serialize(removed)},"
                        + $"\"root\":{JsonSerializer.Serialize(root)}}}",
                    "list");
                (sent, quiet) = (texts, 0);
            }
            else if (++quiet % RunStream.HeartbeatSeconds == 0)
            {
                yield return new("", "heartbeat");
            }
            try
            {
                await Task.Delay(Pace, cancellation);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }

    /// <summary>Reads the runs whose files have changed, and those that a process writes: its end does not change a file.</summary>
    private static void Update(Dictionary<string, Seen> known, IReadOnlyList<string> folders)
    {
        foreach (var gone in known.Keys.Except(folders, StringComparer.Ordinal).ToArray()) known.Remove(gone);
        var stale = folders
            .Select(folder => (Folder: folder, Stamp: Stamp(folder)))
            .Where(one => !known.TryGetValue(one.Folder, out var seen) || seen.Stamp != one.Stamp || seen.Entry.Status == "running")
            .ToArray();
        foreach (var (folder, seen) in stale.AsParallel().Select(one => (one.Folder, new Seen(one.Stamp, RunList.Entry(one.Folder)))))
            known[folder] = seen;
    }

    private static string Stamp(string folder) => string.Join(' ', Written.Select(name =>
    {
        var file = new FileInfo(Path.Combine(folder, name));
        return file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length}" : "-";
    }));

    private sealed record Seen(string Stamp, RunEntry Entry);
}
