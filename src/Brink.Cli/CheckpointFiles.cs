using Brink.Zoo.Checkpoints;

namespace Brink.Cli;

/// <summary>The checkpoints of a training: the files that a pattern matches.</summary>
/// <param name="pattern">A folder, or a path whose last part may have * and ?.</param>
/// <param name="others">Files that are no checkpoints, wherever they lie: model and data.</param>
internal sealed class CheckpointFiles(string pattern, IEnumerable<string> others)
{
    // Seconds between two looks at the folder, and the age at which a file counts as written.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), Settled = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _others = [.. others.Select(Path.GetFullPath)];

    private static readonly string[] Endings = [".safetensors", ".npz", ".pt", ".pth", ".ckpt", ".bin"];

    /// <summary>The pattern.</summary>
    public string Pattern => pattern;

    /// <summary>The number of files now.</summary>
    public int Count => Files().Count;

    /// <exception cref="InputException">No file matches.</exception>
    public void RequireAny()
    {
        if (Count == 0) throw new InputException($"--checkpoints {pattern}: no file matches; use --follow to wait for the first one");
    }

    /// <summary>The files in the order of the numbers in their names; with <paramref name="follow"/> also those that appear
    /// later, until cancellation.</summary>
    public IEnumerable<string> InOrder(bool follow, CancellationToken cancellation)
    {
        var seen = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        while (true)
        {
            foreach (var file in Files())
            {
                if (cancellation.IsCancellationRequested) yield break;
                var written = File.GetLastWriteTimeUtc(file);
                // A file that is still being written, or was written again, comes when it is complete.
                if (follow && TimeProvider.System.GetUtcNow().UtcDateTime - written < Settled) continue;
                if (seen.TryGetValue(file, out var before) && before == written) continue;
                seen[file] = written;
                yield return file;
            }
            if (!follow || cancellation.WaitHandle.WaitOne(Interval)) yield break;
        }
    }

    private IReadOnlyList<string> Files()
    {
        var isFolder = Directory.Exists(pattern);
        var folder = isFolder ? pattern : Path.GetDirectoryName(pattern) is { Length: > 0 } parent ? parent : ".";
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, isFolder ? "*" : Path.GetFileName(pattern))
            .Where(file => !isFolder || Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Where(file => !_others.Contains(Path.GetFullPath(file)))
            .OrderBy(Path.GetFileName, NaturalOrder.Instance)];
    }
}
