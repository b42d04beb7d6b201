using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>Writes one run. Added rows stay in one open transaction until <see cref="Commit()"/>; from then on other processes
/// see them, and they survive a crash.</summary>
public sealed class RunWriter : IDisposable
{
    private readonly string _file;
    private readonly RunLock _lock;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _addPoint, _addToCurve;
    private SqliteTransaction _transaction;
    private readonly RunClock _clock = new();
    private RunTally _tally = new();
    private bool _closed;

    private RunWriter(string folder, RunLock taken, SqliteConnection connection)
    {
        Folder = folder;
        _file = Path.Combine(folder, RunDatabase.FileName);
        (_lock, _connection) = (taken, connection);
        var isLog = StoreJournal.Of(folder).IsLog;
        // With a log: safe against a crash of the process, fast. A rollback journal needs more synchronization.
        Execute($"PRAGMA journal_mode = {(isLog ? "WAL" : "DELETE")}; PRAGMA synchronous = {(isLog ? "NORMAL" : "FULL")}");
        Execute(RunDatabase.Clock);
        _transaction = connection.BeginTransaction();
        // A run that returns to an earlier step repeats steps: the later value of a step counts.
        _addPoint = Command(
            "INSERT OR REPLACE INTO point (series, step, value) VALUES ($series, $step, $value)");
        _addPoint.Parameters.Add("$series", SqliteType.Integer);
        _addPoint.Parameters.Add("$step", SqliteType.Integer);
        _addPoint.Parameters.Add("$value", SqliteType.Real);
        _addToCurve = Command("INSERT INTO curve_point (curve, i, x, y) VALUES ($curve, $i, $x, $y)");
        _addToCurve.Parameters.Add("$curve", SqliteType.Integer);
        _addToCurve.Parameters.Add("$i", SqliteType.Integer);
        _addToCurve.Parameters.Add("$x", SqliteType.Real);
        _addToCurve.Parameters.Add("$y", SqliteType.Real);
    }

    /// <summary>Full path of the run's folder.</summary>
    public string Folder { get; }

    /// <summary>Creates a new run in a folder that is new or empty.</summary>
    /// <exception cref="RunStoreException">The folder is not empty, or it cannot be written.</exception>
    public static RunWriter Create(string folder)
    {
        var full = Path.GetFullPath(folder);
        RunFolders.CheckNew(folder);
        _ = StoreJournal.Of(full);   // refuses a wrong choice before anything is created
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunStoreException($"{folder}: the folder cannot be created: {e.Message}", e);
        }
        return WithSchema(full, RunLock.Take(full));
    }

    /// <summary>Opens a run that ended early, to continue it; the run is unchanged until <see cref="RollBack"/>.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="checkRestart">Called if the store cannot be read, before it is moved: throws if the run cannot start again
    /// from its beginning, so that the damaged store is then unchanged.</param>
    /// <returns>The run; and a description of the damage if the store could not be read: then the old store is kept next to a
    /// new, empty one.</returns>
    /// <exception cref="RunStoreException">There is no run, another process writes it, or it cannot be written.</exception>
    public static (RunWriter Run, string? Damage) Reopen(string folder, Action? checkRestart = null)
    {
        var full = Path.GetFullPath(folder);
        var file = Path.Combine(full, RunDatabase.FileName);
        if (!File.Exists(file)) throw new RunStoreException($"{folder}: not a run (no file {RunDatabase.FileName})");
        var taken = RunLock.Take(full);
        string? damage;
        try
        {
            damage = RunDatabase.Damage(file);
            if (damage is not null)
            {
                checkRestart?.Invoke();
                damage += $"; the damaged file is kept as {Path.GetFileName(RunDatabase.MoveAside(file))}";
            }
        }
        catch
        {
            taken.Dispose();
            throw;
        }
        var run = damage is null
            ? Writing(full, taken, SqliteOpenMode.ReadWrite, writer =>
            {
                writer._tally = RunTally.Of(writer.Command);
                writer.Execute($"PRAGMA user_version = {RunDatabase.SchemaVersion}");
            })
            : WithSchema(full, taken);
        return (run, damage);
    }

    private static RunWriter WithSchema(string folder, RunLock taken) => Writing(folder, taken, SqliteOpenMode.ReadWriteCreate, writer =>
    {
        writer.Execute(RunDatabase.Schema);
        writer.Execute($"PRAGMA user_version = {RunDatabase.SchemaVersion}");
        writer.Commit();
    });

    private static RunWriter Writing(string folder, RunLock taken, SqliteOpenMode mode, Action<RunWriter> begin)
    {
        var file = Path.Combine(folder, RunDatabase.FileName);
        SqliteConnection? connection = null;
        try
        {
            connection = RunDatabase.Open(file, mode);
            var writer = new RunWriter(folder, taken, connection);
            begin(writer);
            return writer;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            taken.Dispose();
            if (e is SqliteException fault) throw RunDatabase.Translated(fault, file);
            throw;
        }
    }

    /// <summary>Removes everything that was written after a mark, so that a run can continue from there.</summary>
    /// <returns>The difference between the remaining rows and the mark, in which case the run is unchanged; null if they
    /// agree.</returns>
    public string? RollBack(RunMark mark)
    {
        string? difference = null;
        Guard(() =>
        {
            Rollback.To(mark, Command);
            var tally = RunTally.Of(Command, mark);
            var differences = mark.Differences(tally.Mark()).ToArray();
            if (differences.Length > 0)
            {
                difference = differences[0] + (differences.Length > 1 ? $", and {differences.Length - 1} more" : "");
                _transaction.Rollback();
                Begin();
                return;
            }
            _tally = tally;
            _tally.Manifest.Clear();
            Execute("DELETE FROM manifest");
        });
        if (difference is not null) return difference;
        foreach (var (key, value) in mark.Manifest) SetManifestText(key, value);
        Commit();
        return null;
    }

    /// <summary>Sets a value of the manifest.</summary>
    public void Set<T>(ManifestKey<T> key, T value) => SetManifest(key.Name, value);

    /// <summary>Sets a value of the manifest under a key of the caller's choice: any value that JSON can express.</summary>
    public void SetManifest(string key, object? value) => SetManifestText(key, JsonSerializer.Serialize(value, RunJson.Options));

    /// <summary>Returns the present manifest of the run.</summary>
    public RunManifest Manifest() => new(_tally.Manifest);

    /// <summary>Adds the value of a series at a step. NaN is stored as NULL in the table.</summary>
    public void Add(string process, string name, long step, double value) => Add(new SeriesKey(process, name), step, value);

    /// <inheritdoc cref="Add(string, string, long, double)"/>
    public void Add(SeriesKey key, long step, double value) => Guard(() =>
    {
        if (!_tally.Series.TryGetValue(key, out var series)) series = new(NewSeries(key), 0, 0, 0);
        var old = series.Rows > 0 && step <= series.Last ? ValueAt(series.Id, step) : null;
        _addPoint.Parameters[0].Value = series.Id;
        _addPoint.Parameters[1].Value = step;
        _addPoint.Parameters[2].Value = Stored(value);
        _addPoint.ExecuteNonQuery();
        _clock.Reach(step);
        _tally.Series[key] = old is { } replaced ? series.Replaced(step, replaced, value) : series.With(step, value);
    });

    /// <summary>Adds a point at the end of the curve that belongs to a step. The order is kept, since a closed orbit is not a
    /// function of x.</summary>
    public void AddToCurve(string process, string name, long step, double x, double y) =>
        AddToCurve(new SeriesKey(process, name), step, x, y);

    /// <inheritdoc cref="AddToCurve(string, string, long, double, double)"/>
    public void AddToCurve(SeriesKey series, long step, double x, double y) => Guard(() =>
    {
        var key = (series, step);
        if (!_tally.Curves.TryGetValue(key, out var curve)) curve = new(NewCurve(series, step), 0, 0);
        _addToCurve.Parameters[0].Value = curve.Id;
        _addToCurve.Parameters[1].Value = curve.Rows;
        _addToCurve.Parameters[2].Value = Stored(x);
        _addToCurve.Parameters[3].Value = Stored(y);
        _addToCurve.ExecuteNonQuery();
        _tally.Curves[key] = curve.With(curve.Rows, x, y);
    });

    /// <summary>Sets a function on a grid of the plane.</summary>
    public void SetRaster(SeriesKey key, Raster raster) => Guard(() =>
    {
        var cells = new byte[raster.Cells.Count * sizeof(double)];
        for (var i = 0; i < raster.Cells.Count; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(cells.AsSpan(i * sizeof(double)), raster.Cells[i]);
        using var command = Command(
            "INSERT OR REPLACE INTO raster (process, name, columns, rows, x_from, x_to, y_from, y_to, cells)"
                + " VALUES ($process, $name, $columns, $rows, $x_from, $x_to, $y_from, $y_to, $cells)");
        command.Parameters.AddWithValue("$process", key.Process);
        command.Parameters.AddWithValue("$name", key.Name);
        command.Parameters.AddWithValue("$columns", raster.Columns);
        command.Parameters.AddWithValue("$rows", raster.Rows);
        command.Parameters.AddWithValue("$x_from", raster.X.From);
        command.Parameters.AddWithValue("$x_to", raster.X.To);
        command.Parameters.AddWithValue("$y_from", raster.Y.From);
        command.Parameters.AddWithValue("$y_to", raster.Y.To);
        command.Parameters.AddWithValue("$cells", cells);
        command.ExecuteNonQuery();
        _tally.Rasters[key] = RowDigest.OfRaster(raster, cells);
    });

    /// <summary>Adds an event.</summary>
    /// <param name="step">Step at which it occurs.</param>
    /// <param name="kind">Kind of the event, such as not_converged.</param>
    /// <param name="message">Description in one line.</param>
    public void AddEvent(long step, string kind, string message) => Guard(() =>
    {
        using var command = Command(
            "INSERT INTO event (step, kind, message) VALUES ($step, $kind, $message) RETURNING id");
        command.Parameters.AddWithValue("$step", step);
        command.Parameters.AddWithValue("$kind", kind);
        command.Parameters.AddWithValue("$message", message);
        _tally.AddEvent((long)command.ExecuteScalar()!, RowDigest.OfEvent(step, kind, message));
    });

    /// <summary>Removes every point, curve and event from a step on; a run that returns to that step writes them again. A curve is
    /// removed as a whole, by the step that it belongs to.</summary>
    public void DiscardFrom(long step) => Guard(() =>
    {
        const string curves = "curve_point WHERE curve IN (SELECT id FROM curve WHERE step >= $step)";
        foreach (var rows in new[] { "curve", "point", "event", "clock" }.Select(table => $"{table} WHERE step >= $step").Prepend(curves))
        {
            using var command = Command($"DELETE FROM {rows}");
            command.Parameters.AddWithValue("$step", step);
            command.ExecuteNonQuery();
        }
        // The mark in the store is no longer valid.
        Execute("DELETE FROM mark");
        _tally = RunTally.Of(Command);
    });

    /// <summary>Commits everything that was written, so that other processes can read it.</summary>
    public void Commit() => Guard(() =>
    {
        _transaction.Commit();
        Begin();
    });

    /// <summary>Commits everything that was written, and records the time at which its last step was reached.</summary>
    /// <param name="seconds">Duration of the run so far, over all processes that computed it.</param>
    public void Commit(double seconds)
    {
        Guard(() => _clock.Write(Command, seconds));
        Commit();
    }

    /// <summary>Commits, flushes everything to the disk, and returns the mark of what was written.</summary>
    public RunMark Mark()
    {
        var mark = _tally.Mark();
        Guard(() =>
        {
            Execute("DELETE FROM mark");
            using var command = Command("INSERT INTO mark (written) VALUES ($written)");
            command.Parameters.AddWithValue("$written", mark.ToJson());
            command.ExecuteNonQuery();
            _transaction.Commit();
            // In WAL mode only a checkpoint of the log synchronizes; a passive one does not wait for readers.
            using (var sync = _connection.CreateCommand())
            {
                sync.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
                sync.ExecuteNonQuery();
            }
            Begin();
        });
        return mark;
    }

    /// <summary>Closes the run, once; discards what was not committed.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _addPoint.Dispose();
        _addToCurve.Dispose();
        _transaction.Dispose();
        RemoveLog();
        _connection.Dispose();
        _lock.Dispose();
    }

    /// <summary>Removes the log: a store at rest is one file, which can be copied and which readers do not write to.</summary>
    private void RemoveLog()
    {
        try
        {
            using var command = _connection.CreateCommand();
            // The change of mode uses a rollback journal, which needs more synchronization than a log.
            command.CommandText = "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE";
            command.CommandTimeout = 1;
            command.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // A process reads the store, or the disk is full: with its log the store is complete as well.
        }
    }

    private void Begin()
    {
        _transaction.Dispose();
        _transaction = _connection.BeginTransaction();
        _addPoint.Transaction = _addToCurve.Transaction = _transaction;
    }

    private void SetManifestText(string key, string json) => Guard(() =>
    {
        using var command = Command("INSERT OR REPLACE INTO manifest (key, value) VALUES ($key, $value)");
        command.Parameters.AddWithValue("$key", key);
        command.Parameters.AddWithValue("$value", json);
        command.ExecuteNonQuery();
        _tally.Manifest[key] = json;
    });

    private long NewSeries(SeriesKey key)
    {
        using var command = Command(
            "INSERT INTO series (process, name) VALUES ($process, $name) RETURNING id");
        command.Parameters.AddWithValue("$process", key.Process);
        command.Parameters.AddWithValue("$name", key.Name);
        return (long)command.ExecuteScalar()!;
    }

    private long NewCurve(SeriesKey key, long step)
    {
        using var command = Command(
            "INSERT INTO curve (process, name, step) VALUES ($process, $name, $step) RETURNING id");
        command.Parameters.AddWithValue("$process", key.Process);
        command.Parameters.AddWithValue("$name", key.Name);
        command.Parameters.AddWithValue("$step", step);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Returns the value at a step; null if the series has no such step.</summary>
    private double? ValueAt(long series, long step)
    {
        using var command = Command("SELECT value FROM point WHERE series = $series AND step = $step");
        command.Parameters.AddWithValue("$series", series);
        command.Parameters.AddWithValue("$step", step);
        return command.ExecuteScalar() switch
        {
            null => null,
            DBNull => double.NaN,
            var value => (double)value,
        };
    }

    private static object Stored(double value) => double.IsNaN(value) ? DBNull.Value : value;

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
