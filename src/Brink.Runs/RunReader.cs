using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>Reads one run, even while another process writes it.</summary>
public sealed class RunReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _file;
    private readonly KeptPoints? _kept;

    private RunReader(string folder, string file, SqliteConnection connection, KeptPoints? kept)
    {
        (Folder, _file, _connection, _kept) = (folder, file, connection, kept);
    }

    /// <summary>Full path of the run's folder.</summary>
    public string Folder { get; }

    /// <exception cref="RunStoreException">There is no run, or its format is not supported.</exception>
    public static RunReader Open(string folder) => Opened(folder, kept: null);

    /// <summary>Opens a run that is read again and again while it is written: points that were read stay in memory, and later
    /// only those that follow them are read.</summary>
    /// <exception cref="RunStoreException">There is no run, or its format is not supported.</exception>
    public static RunReader Follow(string folder) => Opened(folder, new KeptPoints());

    private static RunReader Opened(string folder, KeptPoints? kept)
    {
        var full = Path.GetFullPath(folder);
        var file = Path.Combine(full, RunDatabase.FileName);
        if (!File.Exists(file))
            throw new RunStoreException($"{folder}: not a run (no file {RunDatabase.FileName})");
        var (connection, version) = RunDatabase.OpenToRead(file);
        if (RunDatabase.IsRead(version)) return new(full, file, connection, kept);
        connection.Dispose();
        throw RunDatabase.OtherFormat(folder, version);
    }

    /// <summary>Reads only the manifest, for lists of many runs.</summary>
    /// <exception cref="RunStoreException">There is no run, or its format is not supported.</exception>
    public static RunManifest ManifestOf(string folder)
    {
        if (ManifestAtRest.Of(Path.Combine(folder, RunDatabase.FileName)) is { } manifest) return manifest;
        using var reader = Open(folder);
        return reader.Manifest();
    }

    /// <summary>Reads the manifest.</summary>
    public RunManifest Manifest() => new(
        Rows(RunDatabase.ReadManifest, row => (row.GetString(0), row.GetString(1)))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal));

    /// <summary>Reads the last mark of the run, which is written at its checkpoints and at its end; null if the run has no
    /// mark.</summary>
    /// <exception cref="InvalidDataException">The stored text is not a mark.</exception>
    public RunMark? Mark() =>
        // Older runs have no such table.
        !HasTable("mark") || Rows("SELECT written FROM mark", row => row.GetString(0)) is not [var written]
                ? null
                : RunMark.FromJson(written);

    /// <summary>Returns all series, in the order in which they were first written.</summary>
    public IReadOnlyList<SeriesKey> Series() =>
        Rows(
            "SELECT process, name FROM series ORDER BY id",
            row => new SeriesKey(row.GetString(0), row.GetString(1)));

    /// <summary>Returns the points of a series by step; none if there is no such series.</summary>
    public IReadOnlyList<SeriesPoint> Points(string process, string name) => Points(new SeriesKey(process, name));

    /// <inheritdoc cref="Points(string, string)"/>
    public IReadOnlyList<SeriesPoint> Points(SeriesKey key)
    {
        try
        {
            return _kept?.Of(key, from => PointTable.Read(_connection, key, from)) ?? PointTable.Read(_connection, key, long.MinValue);
        }
        catch (SqliteException e)
        {
            throw RunDatabase.Translated(e, _file);
        }
    }

    /// <summary>Returns a number that differs from that of an earlier call if another process has written to the run
    /// since.</summary>
    public long Version() => Rows("PRAGMA data_version", row => row.GetInt64(0))[0];

    /// <summary>Returns when steps were committed, by step; none if the run was not recorded with its times.</summary>
    public IReadOnlyList<SeriesPoint> Clock() =>
        // Older runs have no such table.
        HasTable("clock")
            ? Rows("SELECT step, seconds FROM clock ORDER BY step", row => new SeriesPoint(row.GetInt64(0), row.GetDouble(1)))
            : [];

    /// <summary>Returns the last point of every series, in the order in which the series were first written.</summary>
    public IReadOnlyList<(SeriesKey Key, SeriesPoint Last)> LastPoints() => Rows(
        "SELECT process, name, step, value FROM series JOIN point ON point.series = series.id"
            + " WHERE step = (SELECT max(step) FROM point AS own WHERE own.series = series.id) ORDER BY series.id",
        row => (new SeriesKey(row.GetString(0), row.GetString(1)), new SeriesPoint(row.GetInt64(2), Number(row, 3))));

    /// <summary>Returns the names of all curves, in the order in which they were first written.</summary>
    public IReadOnlyList<SeriesKey> CurveNames() =>
        Rows(
            "SELECT process, name FROM curve GROUP BY process, name ORDER BY min(id)",
            row => new SeriesKey(row.GetString(0), row.GetString(1)));

    /// <summary>Returns the curves of that name by step, each with its points in the order in which they were added.</summary>
    public IReadOnlyList<StepCurve> Curves(string process, string name) =>
    [
        .. Rows(
            "SELECT step, x, y FROM curve_point JOIN curve ON curve.id = curve_point.curve"
                + " WHERE process = $a AND name = $b ORDER BY step, i",
            row => (Step: row.GetInt64(0), Point: new CurvePoint(Number(row, 1), Number(row, 2))),
            process,
            name)
            .GroupBy(row => row.Step, row => row.Point)
            .Select(curve => new StepCurve(curve.Key, [.. curve])),
    ];

    /// <inheritdoc cref="Curves(string, string)"/>
    public IReadOnlyList<StepCurve> Curves(SeriesKey key) => Curves(key.Process, key.Name);

    /// <summary>Returns the names of all rasters, in the order in which they were written.</summary>
    public IReadOnlyList<SeriesKey> RasterNames() => Rows(
        "SELECT process, name FROM raster ORDER BY rowid", row => new SeriesKey(row.GetString(0), row.GetString(1)));

    /// <summary>Returns the raster of that name; null if there is no such raster.</summary>
    /// <exception cref="RunStoreException">The number of cells does not match its rows and columns.</exception>
    public Raster? Raster(SeriesKey key) => Rows(
        "SELECT columns, rows, x_from, x_to, y_from, y_to, cells FROM raster WHERE process = $a AND name = $b",
        row => new Raster(
            row.GetInt32(0),
            row.GetInt32(1),
            new(row.GetDouble(2), row.GetDouble(3)),
            new(row.GetDouble(4), row.GetDouble(5)),
            Cells(row.GetFieldValue<byte[]>(6), row.GetInt64(0) * row.GetInt64(1), key.Name)),
        key.Process,
        key.Name).SingleOrDefault();

    /// <summary>Returns the vector field of a game: points of a grid, and a unit vector at each.</summary>
    public IReadOnlyList<(CurvePoint At, CurvePoint Along)> Field()
    {
        if (Curves(GameSchema.Field) is not [var points]) return [];
        return Curves(GameSchema.FieldDirection) is [var directions]
            ? [.. points.Points.Zip(directions.Points)]
            : [.. FormatThree.Field(points.Points)];
    }

    /// <summary>Returns all events, in the order in which they were written.</summary>
    public IReadOnlyList<RunEvent> Events() => Rows(
        "SELECT step, kind, message FROM event ORDER BY id",
        row => new RunEvent(row.GetInt64(0), row.GetString(1), row.GetString(2)));

    /// <summary>Closes the store.</summary>
    public void Dispose() => _connection.Dispose();

    /// <summary>Counts the rows in the tables, up to a mark.</summary>
    internal RunTally Tally(RunMark within)
    {
        try
        {
            return RunTally.Of(
                text =>
                {
                    var command = _connection.CreateCommand();
                    command.CommandText = text;
                    return command;
                },
                within);
        }
        catch (SqliteException e)
        {
            throw RunDatabase.Translated(e, _file);
        }
    }

    private bool HasTable(string name) =>
        Rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $a", row => row.GetInt32(0), name).Count > 0;

    private static double Number(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? double.NaN : row.GetDouble(column);

    private double[] Cells(byte[] bytes, long count, string name)
    {
        if (bytes.Length != count * sizeof(double))
            throw new RunStoreException($"{_file}: the raster {name} is damaged: {bytes.Length} bytes for {count} cells");
        var cells = new double[count];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(i * sizeof(double)));
        return cells;
    }

    private List<T> Rows<T>(string text, Func<SqliteDataReader, T> read, string? a = null, string? b = null)
    {
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = text;
            if (a is not null) command.Parameters.AddWithValue("$a", a);
            if (b is not null) command.Parameters.AddWithValue("$b", b);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read()) rows.Add(read(reader));
            return rows;
        }
        catch (SqliteException e)
        {
            throw RunDatabase.Translated(e, _file);
        }
    }
}

/// <summary>The key of a series. Process: the trajectory (gd, flow, constrained, predicted, generalized) or the instrument
/// (assumptions, stages). Name: the measured quantity.</summary>
public sealed record SeriesKey(string Process, string Name);

/// <summary>A value of a series.</summary>
/// <param name="Step">Step that the value belongs to.</param>
/// <param name="Value">The value; NaN if it is not a number.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SeriesPoint(long Step, double Value);

/// <summary>A curve and the step that it belongs to.</summary>
public sealed record StepCurve(long Step, IReadOnlyList<CurvePoint> Points);

/// <summary>A point of a curve.</summary>
/// <param name="X">Abscissa; may be NaN.</param>
/// <param name="Y">Ordinate; may be NaN.</param>
public sealed record CurvePoint(double X, double Y);

/// <summary>An event of a run.</summary>
/// <param name="Step">Step at which it occurred.</param>
/// <param name="Kind">Kind of the event, such as not_converged.</param>
/// <param name="Message">Description in one line.</param>
public sealed record RunEvent(long Step, string Kind, string Message);
