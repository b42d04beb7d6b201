using Brink.MiniBatches;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes a measurement over the batches of a training as series of a monitor.</summary>
internal static class BatchSeries
{
    /// <param name="series">Writes a value of a series.</param>
    /// <param name="batches">Measurement, with the gradient of the whole set.</param>
    public static void Write(Action<SeriesKey, double> series, BatchReading batches)
    {
        series(MonitorSchema.BatchSharpness, batches.Sharpness);
        series(MonitorSchema.BatchSharpnessLower, batches.Interval.Lower);
        series(MonitorSchema.BatchSharpnessUpper, batches.Interval.Upper);
        series(MonitorSchema.NoiseShare, batches.NoiseShare!.Value);
        foreach (var (i, along) in (batches.Along ?? []).Index()) series(MonitorSchema.NoiseAlong(i + 1), along.Share);
    }
}
