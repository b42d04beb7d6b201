namespace Brink.Runs;

/// <summary>Copies of runs.</summary>
public static class RunCopy
{
    /// <summary>Creates a run in a new or empty folder from a copy of another run's store, which may be written meanwhile.</summary>
    /// <param name="folder">Folder of the new run.</param>
    /// <param name="source">Folder of the other run.</param>
    /// <returns>Writer of the new run.</returns>
    /// <exception cref="RunStoreException">The folder is not empty or cannot be written, or the other run cannot be
    /// read.</exception>
    public static RunWriter Create(string folder, string source)
    {
        RunFolders.CheckNew(folder);
        var full = Directory.CreateDirectory(folder).FullName;
        RunArchive.Copy(Path.Combine(source, RunDatabase.FileName), Path.Combine(full, RunDatabase.FileName));
        return RunWriter.Reopen(full).Run;
    }
}
