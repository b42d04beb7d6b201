namespace Brink.Runs;

/// <summary>Where runs lie: by default in the folder runs of the current one.</summary>
public static class RunFolders
{
    public const string DefaultRoot = "runs";

    /// <summary>What a run is of, in its folder.</summary>
    public const string ExperimentFile = "experiment.yaml";

    /// <summary>A folder for a new run: root/name, or root/name-2 and so on where that is taken.</summary>
    public static string New(string root, string name)
    {
        var folder = Path.Combine(root, name);
        for (var i = 2; Path.Exists(folder); i++) folder = Path.Combine(root, $"{name}-{i}");
        return folder;
    }

    /// <summary>Nothing is in the way of a new run: to be asked before a computation whose result goes there.</summary>
    /// <exception cref="RunStoreException">The folder is in use, or a file.</exception>
    public static void CheckNew(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new RunStoreException(
                $"{folder}: exists already and is not overwritten; choose another folder or remove it");
        }
    }

    /// <summary>The folder of a run given by its path, or by its name under the root.</summary>
    /// <exception cref="RunStoreException">There is none; the message names those there are.</exception>
    public static string Find(string root, string run)
    {
        // A preset's name may have a slash, its folder has none.
        foreach (var folder in new[] { run, Path.Combine(root, run), Path.Combine(root, run.Replace('/', '-')) })
            if (File.Exists(Path.Combine(folder, RunDatabase.FileName))) return folder;
        var known = All(root).Select(Path.GetFileName).ToArray();
        throw new RunStoreException(known.Length == 0
            ? $"{run}: no such run; there is none in {root} yet"
            : $"{run}: no such run; in {root} there are {string.Join(", ", known)}");
    }

    /// <summary>Whether a process writes the run of a folder now; one whose status is running, and which none writes, was
    /// killed.</summary>
    public static bool IsBeingWritten(string folder) => RunLock.IsTaken(folder);

    /// <summary>The status of a run; "killed" where it says that it is running, and no process writes it.</summary>
    public static string StatusOf(string folder, RunManifest manifest) =>
        manifest.Status == RunStatus.Running.Name() && !IsBeingWritten(folder) ? "killed" : manifest.Status;

    /// <summary>Removes a run's folder for good.</summary>
    /// <exception cref="RunStoreException">A process writes it, or it cannot be removed.</exception>
    public static void Remove(string folder)
    {
        using (RunLock.Take(folder))
        {
            // Nobody can begin to write it now; without its store it is no run any more, should the rest fail.
            foreach (var name in RunDatabase.Files) File.Delete(Path.Combine(folder, name));
        }
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunStoreException($"{folder}: not all of it could be removed: {e.Message}", e);
        }
    }

    /// <summary>The folders of all runs under the root, the newest first.</summary>
    public static IReadOnlyList<string> All(string root) => !Directory.Exists(root) ? [] :
        [.. Directory.EnumerateDirectories(root)
            .Where(folder => File.Exists(Path.Combine(folder, RunDatabase.FileName)))
            .OrderByDescending(Directory.GetCreationTimeUtc)];
}
