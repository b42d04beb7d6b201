using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>Records when a run reached its steps: each time to a five-hundredth, so that a run of days has a few thousand
/// rows.</summary>
internal sealed class RunClock
{
    private const double Accuracy = 1.0 / 500;

    private long? _reached;   // the last step since a time was recorded
    private double _recorded = double.NegativeInfinity;

    /// <summary>Notes that a value of a step was added.</summary>
    public void Reach(long step) => _reached = Math.Max(step, _reached ?? step);

    /// <summary>Writes the time of the last step, if there is a new one.</summary>
    /// <param name="command">Creates a command from its text.</param>
    /// <param name="seconds">Duration of the run so far.</param>
    public void Write(Func<string, SqliteCommand> command, double seconds)
    {
        if (_reached is not { } step || seconds - _recorded < Accuracy * seconds) return;
        using var insert = command("INSERT OR REPLACE INTO clock (step, seconds) VALUES ($step, $seconds)");
        insert.Parameters.AddWithValue("$step", step);
        insert.Parameters.AddWithValue("$seconds", seconds);
        insert.ExecuteNonQuery();
        (_reached, _recorded) = (null, seconds);
    }
}
