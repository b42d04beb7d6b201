namespace Brink.Runs;

/// <summary>Ensures that only one process writes a run: a lock of the operating system on the file run.lock. The lock of a
/// killed process is released; the file may stay.</summary>
internal sealed class RunLock : IDisposable
{
    public const string FileName = "run.lock";

    // A reader that looks whether the run is written holds the lock for microseconds.
    private const int Attempts = 5;

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <exception cref="RunStoreException">Another process writes the run, or the folder cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        for (var attempt = 1; attempt < Attempts && IsHeld(path); attempt++) Thread.Sleep(BetweenAttempts);
        try
        {
            return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RunStoreException($"{folder}: cannot be written (read-only)", e);
        }
        catch (IOException e)
        {
            throw new RunStoreException(IsHeld(path)
                ? $"{folder}: another process is writing this run; wait for it, or stop it"
                : $"{folder}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Returns true if a process writes the run of a folder now.</summary>
    public static bool IsTaken(string folder) => IsHeld(Path.Combine(folder, FileName));

    public void Dispose()
    {
        if (_file.SafeFileHandle.IsClosed) return;
        // The name is deleted first: a process that opens the run in between locks a new file, and the run is closed by then.
        File.Delete(_file.Name);
        _file.Dispose();
    }

    private static bool IsHeld(string path)
    {
        if (!File.Exists(path)) return false;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
