using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>Counts and digests of the rows that a run has written so far, updated while it is written or computed from the
/// tables.</summary>
internal sealed class RunTally
{
    public Dictionary<SeriesKey, SeriesTally> Series { get; } = [];

    public Dictionary<(SeriesKey Curve, long Step), CurveTally> Curves { get; } = [];

    public Dictionary<SeriesKey, ulong> Rasters { get; } = [];

    public EventMark Events { get; private set; } = RunMark.Empty.Events;

    public Dictionary<string, string> Manifest { get; } = new(StringComparer.Ordinal);

    public void AddEvent(long id, ulong digest) => Events = new(Events.Rows + 1, Math.Max(Events.Last, id), Events.Digest + digest);

    public RunMark Mark() => new(
        [.. Series.Where(one => one.Value.Rows > 0).Select(one =>
            new SeriesMark(one.Key.Process, one.Key.Name, one.Value.Rows, one.Value.Last, one.Value.Digest))],
        [.. Curves.Select(one =>
            new CurveMark(one.Key.Curve.Process, one.Key.Curve.Name, one.Key.Step, one.Value.Rows, one.Value.Digest))],
        [.. Rasters.Select(one => new RasterMark(one.Key.Process, one.Key.Name, one.Value))],
        Events,
        new Dictionary<string, string>(Manifest, StringComparer.Ordinal));

    /// <summary>Counts the rows in the tables.</summary>
    /// <param name="command">Creates a command from its text.</param>
    /// <param name="within">Mark; rows that were written later do not count.</param>
    public static RunTally Of(Func<string, SqliteCommand> command, RunMark? within = null)
    {
        var tally = new RunTally();
        // A damaged mark may name a series or a curve twice.
        tally.ReadPoints(
            command,
            within?.Series.DistinctBy(one => (one.Process, one.Name))
                .ToDictionary(one => new SeriesKey(one.Process, one.Name), one => one.Last));
        tally.ReadCurves(
            command,
            within?.Curves.DistinctBy(one => (one.Process, one.Name, one.Step))
                .ToDictionary(one => (new SeriesKey(one.Process, one.Name), one.Step), one => one.Rows));
        const string allRasters = "SELECT process, name, columns, rows, x_from, x_to, y_from, y_to, cells FROM raster";
        foreach (var (key, raster, cells) in Rows(command, allRasters, ReadRaster))
            tally.Rasters[key] = RowDigest.OfRaster(raster, cells);
        foreach (var (id, digest) in Rows(command, "SELECT id, step, kind, message FROM event ORDER BY id", row =>
            (row.GetInt64(0), RowDigest.OfEvent(row.GetInt64(1), row.GetString(2), row.GetString(3)))))
        {
            if (within is null || id <= within.Events.Last) tally.AddEvent(id, digest);
        }
        foreach (var (key, value) in Rows(command, "SELECT key, value FROM manifest", row => (row.GetString(0), row.GetString(1))))
            tally.Manifest[key] = value;
        return tally;
    }

    private void ReadPoints(Func<string, SqliteCommand> command, Dictionary<SeriesKey, long>? last)
    {
        var names = Rows(command, "SELECT id, process, name FROM series", row =>
            (Id: row.GetInt64(0), Key: new SeriesKey(row.GetString(1), row.GetString(2)))).ToDictionary(one => one.Id, one => one.Key);
        foreach (var (id, key) in names) Series[key] = new(id, 0, 0, 0);
        foreach (var (id, step, value) in Rows(command, "SELECT series, step, value FROM point", row =>
            (row.GetInt64(0), row.GetInt64(1), Number(row, 2))))
        {
            if (!names.TryGetValue(id, out var key)) continue;
            if (last is not null && !(step <= last.GetValueOrDefault(key, long.MinValue))) continue;
            Series[key] = Series[key].With(step, value);
        }
    }

    private void ReadCurves(Func<string, SqliteCommand> command, Dictionary<(SeriesKey, long), long>? rows)
    {
        var names = Rows(command, "SELECT id, process, name, step FROM curve", row =>
            (Id: row.GetInt64(0), Key: (new SeriesKey(row.GetString(1), row.GetString(2)), row.GetInt64(3))))
            .ToDictionary(one => one.Id, one => one.Key);
        foreach (var (id, key) in names) Curves[key] = new(id, 0, 0);
        foreach (var (id, i, x, y) in Rows(command, "SELECT curve, i, x, y FROM curve_point", row =>
            (row.GetInt64(0), row.GetInt64(1), Number(row, 2), Number(row, 3))))
        {
            if (names.TryGetValue(id, out var key) && (rows is null || i < rows.GetValueOrDefault(key)))
                Curves[key] = Curves[key].With(i, x, y);
        }
    }

    private static (SeriesKey, Raster, byte[]) ReadRaster(SqliteDataReader row) => (
        new(row.GetString(0), row.GetString(1)),
        new(row.GetInt32(2), row.GetInt32(3), new(row.GetDouble(4), row.GetDouble(5)), new(row.GetDouble(6), row.GetDouble(7)), []),
        row.GetFieldValue<byte[]>(8));

    private static double Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? double.NaN : row.GetDouble(column);

    private static IEnumerable<T> Rows<T>(Func<string, SqliteCommand> command, string text, Func<SqliteDataReader, T> read)
    {
        using var select = command(text);
        using var reader = select.ExecuteReader();
        while (reader.Read()) yield return read(reader);
    }
}

/// <param name="Last">Largest step.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeriesTally(long Id, long Rows, long Last, ulong Digest)
{
    public SeriesTally With(long step, double value) =>
        new(Id, Rows + 1, Rows == 0 ? step : Math.Max(Last, step), Digest + RowDigest.OfPoint(step, value));

    /// <summary>Returns the tally after the value of a step was replaced.</summary>
    public SeriesTally Replaced(long step, double old, double value) =>
        this with { Digest = Digest - RowDigest.OfPoint(step, old) + RowDigest.OfPoint(step, value) };
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct CurveTally(long Id, long Rows, ulong Digest)
{
    public CurveTally With(long i, double x, double y) => new(Id, Rows + 1, Digest + RowDigest.OfCurvePoint(i, x, y));
}
