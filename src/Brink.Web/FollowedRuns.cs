using System.Diagnostics;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Web;

/// <summary>Runs that are read again while they are written.</summary>
internal sealed class FollowedRuns : IDisposable
{
    private readonly List<Followed> _runs = [];

    /// <exception cref="RunStoreException">A run cannot be read.</exception>
    public FollowedRuns(IReadOnlyList<string> folders)
    {
        try
        {
            foreach (var folder in folders) _runs.Add(Followed.Open(folder));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The name of a run whose folder has been removed; null if all exist.</summary>
    public string? Removed => _runs.Find(run => !File.Exists(run.File)) is { } gone ? Path.GetFileName(gone.Reader.Folder) : null;

    /// <summary>True if a run was written since the last call, began again in a new store, or changed its status.</summary>
    public bool HaveChanged
    {
        get
        {
            var changed = false;
            for (var i = 0; i < _runs.Count; i++)
            {
                var now = _runs[i].Seen();
                changed |= (now.Version, now.IsWritten, now.Created) != (_runs[i].Version, _runs[i].IsWritten, _runs[i].Created);
                _runs[i] = now;
            }
            return changed;
        }
    }

    /// <summary>True if a process writes one of the runs.</summary>
    public bool AreWritten => _runs.Exists(run => run.IsWritten);

    public string Title => string.Join(", ", _runs.Select(run => PageSection.Title(run.Reader)));

    /// <summary>The sections of the page, with every point.</summary>
    public IReadOnlyList<SectionData> Complete() => [.. Kinds.Select(kind => PageSection.Data(kind, Figures.Complete(kind)))];

    /// <summary>The sections of the page, long curves reduced to what a screen shows.</summary>
    public IReadOnlyList<SectionData> Reduced() => [.. Kinds.Select(kind => PageSection.Data(kind, Figures.Chapters(kind)))];

    /// <summary>The text of each section as HTML.</summary>
    public IReadOnlyList<string> Texts() => [.. Kinds.Select(kind => PageSection.Html(kind))];

    public void Dispose()
    {
        foreach (var run in _runs) run.Reader.Dispose();
    }

    private IReadOnlyList<ComparedRuns> Kinds => ComparedRuns.ByKind(_runs.Select(run => run.Reader));

    /// <summary>A run and its state when it was last seen.</summary>
    /// <param name="Created">Time at which its store was created: a run may begin again in a new one.</param>
    /// <param name="Version">Version of the store.</param>
    /// <param name="IsWritten">True if a process wrote it.</param>
    /// <param name="Checked">Timestamp of the check of its lock.</param>
    private sealed record Followed(RunReader Reader, string File, DateTime Created, long Version, bool IsWritten, long Checked)
    {
        private static readonly TimeSpan LockPace = TimeSpan.FromSeconds(0.5);

        public static Followed Open(string folder)
        {
            var isWritten = RunFolders.IsBeingWritten(folder);
            // The points of a run that has ended are read once, and not kept.
            var reader = isWritten ? RunReader.Follow(folder) : RunReader.Open(folder);
            var file = Path.Combine(reader.Folder, RunFolders.StoreFile);
            return new(reader, file, System.IO.File.GetCreationTimeUtc(file), reader.Version(), isWritten, Stopwatch.GetTimestamp());
        }

        public Followed Seen()
        {
            if (Stopwatch.GetElapsedTime(Checked) < LockPace) return this with { Version = Reader.Version() };
            var isWritten = RunFolders.IsBeingWritten(Reader.Folder);
            if (isWritten == IsWritten && System.IO.File.GetCreationTimeUtc(File) == Created)
                return this with { Version = Reader.Version(), Checked = Stopwatch.GetTimestamp() };
            Reader.Dispose();
            return Open(Reader.Folder);
        }
    }
}
