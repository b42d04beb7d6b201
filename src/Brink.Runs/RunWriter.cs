using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>Writes one run. What is added lies in one open transaction until <see cref="Commit"/>; then any
/// other process sees it, and a crash no longer loses it.</summary>
public sealed class RunWriter : IDisposable
{
    private readonly string _file;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _addPoint;
    private readonly Dictionary<(string Process, string Name), long> _series = [];
    private SqliteTransaction _transaction;

    private RunWriter(string folder, SqliteConnection connection)
    {
        Folder = folder;
        _file = Path.Combine(folder, RunDatabase.FileName);
        _connection = connection;
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = NORMAL");   // in WAL mode: safe against a crash of the process, fast
        _transaction = connection.BeginTransaction();
        Execute(RunDatabase.Schema);
        Execute($"PRAGMA user_version = {RunDatabase.SchemaVersion}");
        // A run that goes back repeats steps: the later value of a step is the one that counts.
        _addPoint = Command(
            "INSERT OR REPLACE INTO point (series, step, value) VALUES ($series, $step, $value)");
        _addPoint.Parameters.Add("$series", SqliteType.Integer);
        _addPoint.Parameters.Add("$step", SqliteType.Integer);
        _addPoint.Parameters.Add("$value", SqliteType.Real);
        Commit();
    }

    /// <summary>Full path of the run's folder.</summary>
    public string Folder { get; }

    /// <summary>A new run in a folder that is new or empty.</summary>
    /// <exception cref="RunStoreException">The folder is in use, or cannot be written.</exception>
    public static RunWriter Create(string folder)
    {
        var full = Path.GetFullPath(folder);
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new RunStoreException(
                $"{folder}: exists already and is not overwritten; choose another folder or remove it");
        }
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunStoreException($"{folder}: the folder cannot be made: {e.Message}", e);
        }
        var file = Path.Combine(full, RunDatabase.FileName);
        var connection = RunDatabase.Open(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            return new(full, connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw RunDatabase.Translated(e, file);
        }
    }

    /// <summary>Sets a value of the manifest: anything that JSON can say.</summary>
    public void SetManifest(string key, object? value) => Guard(() =>
    {
        using var command = Command("INSERT OR REPLACE INTO manifest (key, value) VALUES ($key, $value)");
        command.Parameters.AddWithValue("$key", key);
        command.Parameters.AddWithValue("$value", JsonSerializer.Serialize(value, RunManifest.Json));
        command.ExecuteNonQuery();
    });

    /// <summary>Adds the value of a series at a step. NaN is kept, as a NULL in the table.</summary>
    public void Add(string process, string name, long step, double value) => Guard(() =>
    {
        _addPoint.Parameters[0].Value = SeriesId(process, name);
        _addPoint.Parameters[1].Value = step;
        _addPoint.Parameters[2].Value = double.IsNaN(value) ? DBNull.Value : value;
        _addPoint.ExecuteNonQuery();
    });

    public void AddEvent(long step, string kind, string message) => Guard(() =>
    {
        using var command = Command(
            "INSERT INTO event (step, kind, message) VALUES ($step, $kind, $message)");
        command.Parameters.AddWithValue("$step", step);
        command.Parameters.AddWithValue("$kind", kind);
        command.Parameters.AddWithValue("$message", message);
        command.ExecuteNonQuery();
    });

    /// <summary>Takes back every point and event from a step on: a run that goes back makes them again.</summary>
    public void DiscardFrom(long step) => Guard(() =>
    {
        foreach (var table in new[] { "point", "event" })
        {
            using var command = Command($"DELETE FROM {table} WHERE step >= $step");
            command.Parameters.AddWithValue("$step", step);
            command.ExecuteNonQuery();
        }
    });

    public void Commit() => Guard(() =>
    {
        _transaction.Commit();
        _transaction.Dispose();
        _transaction = _connection.BeginTransaction();
        _addPoint.Transaction = _transaction;
    });

    /// <summary>Closes the run; what was not committed is dropped.</summary>
    public void Dispose()
    {
        _addPoint.Dispose();
        _transaction.Dispose();
        _connection.Dispose();
    }

    private long SeriesId(string process, string name)
    {
        if (_series.TryGetValue((process, name), out var id)) return id;
        using var command = Command(
            "INSERT INTO series (process, name) VALUES ($process, $name) RETURNING id");
        command.Parameters.AddWithValue("$process", process);
        command.Parameters.AddWithValue("$name", name);
        return _series[(process, name)] = (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Command(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = _transaction;
        return command;
    }

    private void Execute(string text)
    {
        using var command = Command(text);
        command.ExecuteNonQuery();
    }

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (SqliteException e)
        {
            throw RunDatabase.Translated(e, _file);
        }
    }
}
