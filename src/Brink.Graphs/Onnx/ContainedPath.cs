namespace Brink.Graphs.Onnx;

/// <summary>Paths that stay in a folder.</summary>
internal static class ContainedPath
{
    /// <summary>The most symbolic links in one path, as Linux counts them.</summary>
    private const int MostLinks = 40;

    /// <summary>Returns the real path of a file in a folder; null if the location is empty, absolute, or leads out of the folder by
    /// "..", by a drive or by a symbolic link.</summary>
    /// <param name="folder">Absolute path of the folder.</param>
    /// <param name="location">Path relative to the folder, with either separator.</param>
    public static string? Of(string folder, string location)
    {
        if (location.Contains('\0', StringComparison.Ordinal) || location is "" or ['/' or '\\', ..] or [_, ':', ..]) return null;
        var depth = 0;
        var parts = location.Split('/', '\\').Where(part => part is not ("" or ".")).ToArray();
        foreach (var part in parts)
        {
            depth += part == ".." ? -1 : 1;
            if (depth < 0) return null;
        }
        if (depth == 0 || Resolved(folder) is not { } root || Resolved(Path.Combine([folder, .. parts])) is not { } file) return null;
        var start = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        return file.StartsWith(start, StringComparison.Ordinal) ? file : null;
    }

    /// <summary>Follows the symbolic links of each part of a path; null if there are too many.</summary>
    private static string? Resolved(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var pending = new Stack<string>(Parts(path[root.Length..]));
        var resolved = root;
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? root;
                continue;
            }
            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }
            if (++links > MostLinks) return null;
            if (Path.IsPathRooted(target)) (resolved, target) = (Path.GetPathRoot(target)!, target[Path.GetPathRoot(target)!.Length..]);
            foreach (var linked in Parts(target)) pending.Push(linked);
        }
        return resolved;
    }

    /// <summary>Parts of a path, the last one first.</summary>
    private static IEnumerable<string> Parts(string path) => path
        .Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
        .Where(part => part is not ("" or "."))
        .Reverse();
}
