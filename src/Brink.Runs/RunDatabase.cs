using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>The file run.db of a run: its name, its tables, and how it is opened
/// (docs/reference/run-format.md).</summary>
internal static class RunDatabase
{
    public const string FileName = "run.db";

    /// <summary>The file, and the files that SQLite may keep next to it.</summary>
    public static IReadOnlyList<string> Files { get; } = [FileName, FileName + "-wal", FileName + "-shm", FileName + "-journal"];

    /// <summary>The format, stored in the database's user_version. <see cref="FormatThree"/> has the same tables.</summary>
    public const int SchemaVersion = 4;

    private const int Oldest = FormatThree.Version;

    public const string Schema = """
        CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE series (id INTEGER PRIMARY KEY, process TEXT NOT NULL, name TEXT NOT NULL,
            UNIQUE (process, name));
        CREATE TABLE point (series INTEGER NOT NULL REFERENCES series (id), step INTEGER NOT NULL, value REAL,
            PRIMARY KEY (series, step)) WITHOUT ROWID;
        CREATE TABLE curve (id INTEGER PRIMARY KEY, process TEXT NOT NULL, name TEXT NOT NULL,
            step INTEGER NOT NULL, UNIQUE (process, name, step));
        CREATE TABLE curve_point (curve INTEGER NOT NULL REFERENCES curve (id), i INTEGER NOT NULL,
            x REAL, y REAL, PRIMARY KEY (curve, i)) WITHOUT ROWID;
        CREATE TABLE raster (process TEXT NOT NULL, name TEXT NOT NULL, columns INTEGER NOT NULL, rows INTEGER NOT NULL,
            x_from REAL NOT NULL, x_to REAL NOT NULL, y_from REAL NOT NULL, y_to REAL NOT NULL, cells BLOB NOT NULL,
            PRIMARY KEY (process, name));
        CREATE TABLE event (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, kind TEXT NOT NULL,
            message TEXT NOT NULL);
        CREATE TABLE mark (written TEXT NOT NULL);
        """;

    /// <summary>The table of the times of commits: no result, so that no digest contains it, and runs without it are
    /// complete.</summary>
    public const string Clock = "CREATE TABLE IF NOT EXISTS clock (step INTEGER PRIMARY KEY, seconds REAL NOT NULL)";

    public const string ReadManifest = "SELECT key, value FROM manifest ORDER BY key";

    public static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        // Pooling would keep the file open, and locked, after its run is disposed.
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = 10,
            }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw Translated(e, file);
        }
    }

    /// <summary>Opens a store to read, also on a read-only disk; returns the format that it is written in as well.</summary>
    public static (SqliteConnection Connection, long Version) OpenToRead(string file)
    {
        // A store at rest is one file, and reading it writes nothing.
        if (FormatAtRest(file) is { } format) return (Open(file, SqliteOpenMode.ReadOnly), format);
        // A reader of a log uses the log's index file and may have to create it, so the store is opened for writing if possible.
        var connection = IsWritable(file) ? Open(file, SqliteOpenMode.ReadWrite)
            // If nothing can be written and the log is empty, no index file is needed.
            : !File.Exists(file + "-wal") ? Open(Immutable(file), SqliteOpenMode.ReadOnly)
            : Open(file, SqliteOpenMode.ReadOnly);
        try
        {
            using var version = connection.CreateCommand();
            version.CommandText = "PRAGMA user_version";
            return (connection, (long)version.ExecuteScalar()!);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw Translated(e, file);
        }
    }

    /// <summary>Returns the address of a store that no process writes: SQLite reads it without locks, without an index file,
    /// and without looking for a journal.</summary>
    public static string Immutable(string file) => $"file:{Uri.EscapeDataString(Path.GetFullPath(file))}?immutable=1";

    /// <summary>Returns the user_version of a store at rest; null if the store has a journal or is in WAL mode, as it is
    /// while a run is written or after the process was killed.</summary>
    private static long? FormatAtRest(string file)
    {
        if (File.Exists(file + "-journal")) return null;
        // SQLite's database file format, section 1.3: the version needed to read it, 2 in WAL mode; user_version, big-endian.
        const int readVersion = 19, userVersion = 60;
        try
        {
            using var handle = File.OpenHandle(file, share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> header = stackalloc byte[100];
            var isWhole = RandomAccess.Read(handle, header, fileOffset: 0) == header.Length;
            return isWhole && header[readVersion] == 1 ? BinaryPrimitives.ReadInt32BigEndian(header[userVersion..]) : null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return null;   // SQLite reports the fault
        }
    }

    /// <summary>Returns true if a store is one file that no process writes, in a format that this version reads.</summary>
    /// <remarks>Between two commits a store with a rollback journal has the form of a store at rest: its lock shows the
    /// writer.</remarks>
    public static bool IsAtRest(string file) =>
        FormatAtRest(file) is { } format && IsRead(format) && !RunLock.IsTaken(Path.GetDirectoryName(file)!);

    public static bool IsRead(long format) => format is >= Oldest and <= SchemaVersion;

    /// <summary>Returns the error for a store of another format.</summary>
    public static RunStoreException OtherFormat(string where, long format) =>
        new($"{where}: written in format {format}; this version reads formats {Oldest} to {SchemaVersion}");

    private static bool IsWritable(string file)
    {
        try
        {
            using var stream = File.Open(
                file,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    /// <summary>Describes the damage of a store that cannot be read as SQLite wrote it; returns null if all of it can be
    /// read.</summary>
    public static string? Damage(string file)
    {
        try
        {
            var (connection, version) = OpenToRead(file);
            using var owned = connection;
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA integrity_check(1)";
            if (check.ExecuteScalar() as string is { } said && said != "ok")
                return $"{FileName} is damaged: {said.ReplaceLineEndings(" ")}";
            return version switch
            {
                _ when IsRead(version) => null,
                0 => $"{FileName} is empty",
                _ => throw OtherFormat(file, version),
            };
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            return $"{FileName} is damaged: {e.Message}";
        }
        catch (SqliteException e)
        {
            throw Translated(e, file);
        }
        catch (RunStoreException e) when (e.InnerException is SqliteException { SqliteErrorCode: 11 or 26 })
        {
            return $"{FileName} is damaged";
        }
    }

    /// <summary>Renames a store, with the files that SQLite keeps next to it.</summary>
    public static string MoveAside(string file)
    {
        var aside = file + ".damaged";
        for (var i = 2; File.Exists(aside); i++) aside = $"{file}.damaged-{i}";
        foreach (var part in Files.Select(name => name[FileName.Length..]))
            if (File.Exists(file + part)) File.Move(file + part, aside + part);
        return aside;
    }

    /// <summary>Translates SQLite's result codes that have a common cause into messages that a person can act on.</summary>
    public static RunStoreException Translated(SqliteException e, string file) => new(
        e.SqliteErrorCode switch
        {
            5 or 6 => $"{file}: locked by another program; close it and try again",
            8 => $"{file}: cannot be written (read-only)",
            10 => $"{file}: reading or writing failed; check that the disk is present and not full",
            11 or 26 => $"{file}: not a run store, or damaged",
            13 => $"{file}: no space left on the disk",
            14 => $"{file}: the file cannot be opened",
            _ => $"{file}: {e.Message}",
        },
        e);
}

/// <summary>A run store could not be read or written; the message states in one line which one and why.</summary>
public sealed class RunStoreException : IOException
{
    // The codes of ENOSPC and ERROR_DISK_FULL.
    private const int UnixDiskFull = 28, WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Creates an exception with the default message.</summary>
    public RunStoreException()
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">Store and reason, in one line.</param>
    public RunStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    /// <param name="message">Store and reason, in one line.</param>
    /// <param name="inner">Exception that caused this one.</param>
    public RunStoreException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Translates an error of the file system, in the same words as for SQLite's faults.</summary>
    internal static RunStoreException Of(string file, Exception e) =>
        new($"{file}: {(e.HResult is UnixDiskFull or WindowsDiskFull ? "no space left on the disk" : e.Message)}", e);
}
