namespace Brink.Runs;

/// <summary>Runs that are read together: opened and closed together.</summary>
public sealed class OpenedRuns : IDisposable
{
    private readonly List<RunReader> _readers = [];

    /// <summary>Opens the runs of folders.</summary>
    /// <exception cref="RunStoreException">A run cannot be read.</exception>
    public OpenedRuns(IEnumerable<string> folders)
    {
        try
        {
            foreach (var folder in folders) _readers.Add(RunReader.Open(folder));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The runs, in the order of their folders.</summary>
    public IReadOnlyList<RunReader> Readers => _readers;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }
}
