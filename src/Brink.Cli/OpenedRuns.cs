using Brink.Runs;

namespace Brink.Cli;

/// <summary>Runs that a command reads, opened together and closed together.</summary>
internal sealed class OpenedRuns : IDisposable
{
    private readonly List<RunReader> _readers = [];

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

    public IReadOnlyList<RunReader> Readers => _readers;

    public void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }
}
