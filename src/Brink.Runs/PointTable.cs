using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Brink.Runs;

/// <summary>Reads the points of a series by SQLite's own calls: a reader of rows takes several times as long, and a comparison of
/// long runs reads millions.</summary>
internal static class PointTable
{
    private const string Query = "SELECT step, value FROM point WHERE series ="
        + " (SELECT id FROM series WHERE process = ?1 AND name = ?2) AND step >= ?3 ORDER BY step";

    /// <summary>Returns the points of a series from a step on, by step.</summary>
    /// <exception cref="SqliteException">The store cannot be read.</exception>
    public static List<SeriesPoint> Read(SqliteConnection connection, SeriesKey key, long from)
    {
        var database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, Query, out var statement), database);
        using (statement)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_text(statement, 1, key.Process), database);
            SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_text(statement, 2, key.Name), database);
            SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_int64(statement, 3, from), database);
            var points = new List<SeriesPoint>();
            int code;
            while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                var value = raw.sqlite3_column_type(statement, 1) == raw.SQLITE_NULL ? double.NaN : raw.sqlite3_column_double(statement, 1);
                points.Add(new(raw.sqlite3_column_int64(statement, 0), value));
            }
            SqliteException.ThrowExceptionForRC(code, database);
            return points;
        }
    }
}
