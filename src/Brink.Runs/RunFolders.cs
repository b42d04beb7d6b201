namespace Brink.Runs;

/// <summary>The folders of runs: by default in the folder runs of the current folder.</summary>
public static class RunFolders
{
    /// <summary>The default folder of runs, relative to the current folder.</summary>
    public const string DefaultRoot = "runs";

    /// <summary>The store in a run's folder, and the log next to it while the run is written.</summary>
    public const string StoreFile = RunDatabase.FileName, StoreLog = StoreFile + "-wal";

    /// <summary>The file in a run's folder that describes its experiment.</summary>
    public const string ExperimentFile = "experiment.yaml";

    /// <summary>Returns a folder for a new run: root/name, or root/name-2 and so on if that exists.</summary>
    public static string New(string root, string name)
    {
        var folder = Path.Combine(root, name);
        for (var i = 2; Path.Exists(folder); i++) folder = Path.Combine(root, $"{name}-{i}");
        return folder;
    }

    /// <summary>Checks that a new run can use a folder; called before a computation whose result is stored there.</summary>
    /// <exception cref="RunStoreException">The folder is not empty, or it is a file.</exception>
    public static void CheckNew(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new RunStoreException(
                $"{folder}: exists already and is not overwritten; choose another folder or remove it");
        }
    }

    /// <summary>Finds the folder of a run given by its path, or by its name under the root.</summary>
    /// <exception cref="RunStoreException">There is no such run; the message lists the existing ones.</exception>
    public static string Find(string root, string run)
    {
        if (TryFind(root, run) is { } folder) return folder;
        var known = All(root).Select(Path.GetFileName).ToArray();
        throw new RunStoreException(known.Length == 0
            ? $"{run}: no such run; the folder {root} contains no runs"
            : $"{run}: no such run; the folder {root} contains {string.Join(", ", known)}");
    }

    /// <summary>Finds the folder of a run as <see cref="Find"/> does; null if there is no such run.</summary>
    public static string? TryFind(string root, string run) =>
        // A preset's name may contain a slash; its folder does not.
        new[] { run, Path.Combine(root, run), Path.Combine(root, run.Replace('/', '-')) }
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, RunDatabase.FileName)));

    /// <summary>Returns true if a process writes the run of a folder now. A run with status running that no process writes was
    /// killed.</summary>
    public static bool IsBeingWritten(string folder) => RunLock.IsTaken(folder);

    /// <summary>Returns the status of a run; "killed" if the manifest says running, but no process writes it.</summary>
    public static string StatusOf(string folder, RunManifest manifest) =>
        manifest.Status == RunStatus.Running.Name() && !IsBeingWritten(folder) ? "killed" : manifest.Status;

    /// <summary>Removes a run's folder permanently.</summary>
    /// <exception cref="RunStoreException">A process writes the run, or the folder cannot be removed.</exception>
    public static void Remove(string folder)
    {
        using (RunLock.Take(folder))
        {
            // No process can begin to write it now; without its store it is no longer a run, even if the rest fails.
            foreach (var name in RunDatabase.Files) File.Delete(Path.Combine(folder, name));
        }
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunStoreException($"{folder}: some files could not be removed: {e.Message}", e);
        }
    }

    /// <summary>Returns the folders of all runs under the root, the newest first.</summary>
    public static IReadOnlyList<string> All(string root) => !Directory.Exists(root) ? [] :
        [.. Directory.EnumerateDirectories(root)
            .Where(folder => File.Exists(Path.Combine(folder, RunDatabase.FileName)))
            .OrderByDescending(Directory.GetCreationTimeUtc)];
}
