using SQLitePCL;

namespace Brink.Runs;

/// <summary>Reads the manifest of a store that no process writes, by direct calls to SQLite.</summary>
/// <remarks>A list of a thousand runs opens a thousand stores: ADO.NET connections take twice as long.</remarks>
internal static class ManifestAtRest
{
    static ManifestAtRest() => Batteries_V2.Init();

    /// <summary>Returns the manifest; null if the store is not at rest or not valid: then a <see cref="RunReader"/> reads it,
    /// or reports the fault.</summary>
    public static RunManifest? Of(string file)
    {
        if (!RunDatabase.IsAtRest(file)) return null;
        // Locks and the check for a journal are half of the system calls of opening. A process that begins to write at this
        // moment writes to a log next to the store.
        const int how = raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_URI;
        var opened = raw.sqlite3_open_v2(RunDatabase.Immutable(file), out var database, how, null);
        using (database)
        {
            if (opened != raw.SQLITE_OK
                || raw.sqlite3_prepare_v2(database, RunDatabase.ReadManifest, out var statement) != raw.SQLITE_OK) return null;
            using (statement)
            {
                var entries = new Dictionary<string, string>(StringComparer.Ordinal);
                int step;
                while ((step = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
                {
                    // A damaged store may have a row without key or value.
                    if (raw.sqlite3_column_text(statement, 0).utf8_to_string() is not { } key
                        || raw.sqlite3_column_text(statement, 1).utf8_to_string() is not { } value) return null;
                    entries[key] = value;
                }
                return step == raw.SQLITE_DONE ? new(entries) : null;
            }
        }
    }
}
