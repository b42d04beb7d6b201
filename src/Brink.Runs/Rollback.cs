using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>Removes the rows that were written after a mark.</summary>
internal static class Rollback
{
    /// <param name="mark">The rows to keep.</param>
    /// <param name="command">Creates a command from its text.</param>
    public static void To(RunMark mark, Func<string, SqliteCommand> command)
    {
        var found = RunTally.Of(command);
        var last = mark.Series.ToDictionary(one => new SeriesKey(one.Process, one.Name), one => one.Last);
        foreach (var (key, series) in found.Series)
        {
            if (last.TryGetValue(key, out var step))
            {
                Delete("point WHERE series = $a AND step > $b", series.Id, step);
                continue;
            }
            Delete("point WHERE series = $a", series.Id);
            Delete("series WHERE id = $a", series.Id);
        }
        var rows = mark.Curves.ToDictionary(one => (new SeriesKey(one.Process, one.Name), one.Step), one => one.Rows);
        foreach (var (key, curve) in found.Curves)
        {
            if (rows.TryGetValue(key, out var count))
            {
                Delete("curve_point WHERE curve = $a AND i >= $b", curve.Id, count);
                continue;
            }
            Delete("curve_point WHERE curve = $a", curve.Id);
            Delete("curve WHERE id = $a", curve.Id);
        }
        foreach (var key in found.Rasters.Keys.Except(mark.Rasters.Select(one => new SeriesKey(one.Process, one.Name))))
            Delete("raster WHERE process = $a AND name = $b", key.Process, key.Name);
        Delete("event WHERE id > $a", mark.Events.Last);
        Delete("clock WHERE step > $a", mark.Series.Select(one => one.Last).DefaultIfEmpty(long.MinValue).Max());
        Delete("mark");

        void Delete(string rows, object? a = null, object? b = null)
        {
            using var delete = command($"DELETE FROM {rows}");
            if (a is not null) delete.Parameters.AddWithValue("$a", a);
            if (b is not null) delete.Parameters.AddWithValue("$b", b);
            delete.ExecuteNonQuery();
        }
    }
}
