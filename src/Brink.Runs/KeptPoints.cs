namespace Brink.Runs;

/// <summary>The points that a reader has read, by series. A series grows at its end; if its last point has gone or has another
/// value, because the run returned to an earlier step, all of it is read again.</summary>
internal sealed class KeptPoints
{
    private readonly Dictionary<SeriesKey, List<SeriesPoint>> _series = [];

    /// <summary>Returns the points of a series.</summary>
    /// <param name="key">The series.</param>
    /// <param name="read">Reads the points from a step on.</param>
    /// <returns>A list that later calls do not change.</returns>
    public IReadOnlyList<SeriesPoint> Of(SeriesKey key, Func<long, List<SeriesPoint>> read)
    {
        if (_series.TryGetValue(key, out var kept) && kept.Count > 0)
        {
            var last = kept[^1];
            var next = read(last.Step);
            if (next.Count > 0 && next[0].Equals(last))
            {
                kept.AddRange(next.Skip(1));
                return kept.GetRange(0, kept.Count);
            }
        }
        var all = read(long.MinValue);
        _series[key] = all;
        return all.GetRange(0, all.Count);
    }
}
