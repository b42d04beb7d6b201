namespace Brink.Runs;

/// <summary>The journal that a store has while a run is written. SQLite's write-ahead log needs memory that all processes share,
/// which network file systems do not have between machines (SQLite, "Write-Ahead Logging", section 1): there a store has a
/// rollback journal.</summary>
/// <param name="FileSystem">Name of the file system; "unknown" if the system does not state it.</param>
/// <param name="IsNetwork">True if other machines can write the file system.</param>
/// <param name="IsLog">True for a write-ahead log, false for a rollback journal.</param>
public sealed record StoreJournal(string FileSystem, bool IsNetwork, bool IsLog)
{
    /// <summary>Variable of the environment that chooses the journal: wal or rollback.</summary>
    public const string Variable = "BRINK_JOURNAL";

    private const string Log = "wal", Rollback = "rollback";

    // Names of Linux (statfs), macOS and Windows. FUSE is left out: it can be either.
    private static readonly string[] Networks =
    [
        "nfs", "nfs4", "cifs", "smb", "smb2", "smbfs", "afs", "afsfs", "afpfs", "coda", "ncp", "novell", "ceph", "lustre", "gpfs", "panfs",
        "beegfs", "gfs", "gfs2", "ocfs2", "v9fs", "9p", "webdav",
    ];

    /// <summary>Returns the journal of stores in a folder, which may not exist yet.</summary>
    /// <exception cref="RunStoreException">The variable of the environment has another value.</exception>
    public static StoreJournal Of(string folder)
    {
        var fileSystem = FileSystemOf(Path.GetFullPath(folder));
        var isNetwork = Networks.Contains(fileSystem, StringComparer.OrdinalIgnoreCase);
        return new(fileSystem, isNetwork, Environment.GetEnvironmentVariable(Variable) switch
        {
            null or "" => !isNetwork,
            Log => true,
            Rollback => false,
            var other => throw new RunStoreException($"{Variable} is '{other}'; it must be {Log} or {Rollback}"),
        });
    }

    private static string FileSystemOf(string folder)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
        try
        {
            return new DriveInfo(folder).DriveFormat;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "unknown";
        }
    }
}
