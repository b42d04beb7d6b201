using System.Text.Json;

namespace Brink.Runs;

/// <summary>The extent to which a run has been written at one moment: the number of rows of every series and curve, and their
/// digest. A checkpoint contains the mark, so that the store can be rolled back to it; the store contains it too, so that a
/// flipped bit is detected.</summary>
/// <param name="Manifest">Values in JSON by key.</param>
public sealed record RunMark(
    IReadOnlyList<SeriesMark> Series,
    IReadOnlyList<CurveMark> Curves,
    IReadOnlyList<RasterMark> Rasters,
    EventMark Events,
    IReadOnlyDictionary<string, string> Manifest)
{
    /// <summary>The mark of a run without any rows.</summary>
    public static RunMark Empty { get; } =
        new([], [], [], new(0, 0, 0), new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Returns the mark as JSON, which <see cref="FromJson"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Options);

    /// <exception cref="InvalidDataException">The text is not a mark.</exception>
    public static RunMark FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<RunMark>(text, RunJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"not a mark of a run: {e.Message}", e);
        }
    }

    /// <summary>Lists the parts of this mark that are missing or different in another one, one line each.</summary>
    public IEnumerable<string> Differences(RunMark other)
    {
        var series = other.Series.ToDictionary(one => (one.Process, one.Name));
        foreach (var one in Series)
        {
            if (series.GetValueOrDefault((one.Process, one.Name)) is not { } there) yield return $"{one.Name} of {one.Process} is missing";
            else if (there.Rows != one.Rows) yield return $"{one.Name} of {one.Process} has {there.Rows} points, not {one.Rows}";
            else if (there.Digest != one.Digest) yield return $"{one.Name} of {one.Process} has other values than were written";
        }
        var curves = other.Curves.ToDictionary(one => (one.Process, one.Name, one.Step));
        foreach (var one in Curves)
            if (curves.GetValueOrDefault((one.Process, one.Name, one.Step)) != one)
                yield return $"the curve {one.Name} of {one.Process} at step {one.Step} has changed since it was written";
        foreach (var one in Rasters.Except(other.Rasters))
            yield return $"the raster {one.Name} of {one.Process} has changed since it was written";
        if (Events != other.Events) yield return "the events have changed since they were written";
    }
}

/// <summary>The rows of a series that have been written.</summary>
/// <param name="Process">Process of the series.</param>
/// <param name="Name">Name of the series.</param>
/// <param name="Rows">Number of points.</param>
/// <param name="Last">Step of the last point.</param>
/// <param name="Digest">Sum of the digests of the points.</param>
public sealed record SeriesMark(string Process, string Name, long Rows, long Last, ulong Digest);

/// <summary>The rows of a curve that have been written.</summary>
/// <param name="Process">Process of the curve.</param>
/// <param name="Name">Name of the curve.</param>
/// <param name="Step">Step that the curve belongs to.</param>
/// <param name="Rows">Number of points.</param>
/// <param name="Digest">Sum of the digests of the points.</param>
public sealed record CurveMark(string Process, string Name, long Step, long Rows, ulong Digest);

/// <summary>A raster that has been written.</summary>
/// <param name="Process">Process of the raster.</param>
/// <param name="Name">Name of the raster.</param>
/// <param name="Digest">Digest of the extents and the cells.</param>
public sealed record RasterMark(string Process, string Name, ulong Digest);

/// <summary>The events that have been written.</summary>
/// <param name="Rows">Number of events.</param>
/// <param name="Last">Number of the last event.</param>
/// <param name="Digest">Sum of the digests of the events.</param>
public sealed record EventMark(long Rows, long Last, ulong Digest);
