using System.Text.Json;

namespace Brink.Runs;

/// <summary>How far a run had been written at one moment: of every series and curve so many rows with such a digest. A
/// checkpoint remembers it, so that the store can be taken back to it; a store says it of itself, so that a flipped bit
/// shows.</summary>
/// <param name="Manifest">Values in JSON by key.</param>
public sealed record RunMark(
    IReadOnlyList<SeriesMark> Series,
    IReadOnlyList<CurveMark> Curves,
    IReadOnlyList<RasterMark> Rasters,
    EventMark Events,
    IReadOnlyDictionary<string, string> Manifest)
{
    /// <summary>Of a run in which nothing was written.</summary>
    public static RunMark Empty { get; } =
        new([], [], [], new(0, 0, 0), new Dictionary<string, string>(StringComparer.Ordinal));

    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Options);

    /// <exception cref="InvalidDataException">The text is no mark.</exception>
    public static RunMark FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<RunMark>(text, RunJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"no mark of a run: {e.Message}", e);
        }
    }

    /// <summary>What of this mark another one does not have in the same way, one line each.</summary>
    public IEnumerable<string> Missing(RunMark other)
    {
        var series = other.Series.ToDictionary(one => (one.Process, one.Name));
        foreach (var one in Series)
        {
            if (series.GetValueOrDefault((one.Process, one.Name)) is not { } there) yield return $"{one.Name} of {one.Process} is missing";
            else if (there.Rows != one.Rows) yield return $"{one.Name} of {one.Process} has {there.Rows} points, not {one.Rows}";
            else if (there.Digest != one.Digest) yield return $"{one.Name} of {one.Process} has other numbers than were written";
        }
        var curves = other.Curves.ToDictionary(one => (one.Process, one.Name, one.Step));
        foreach (var one in Curves)
            if (curves.GetValueOrDefault((one.Process, one.Name, one.Step)) != one)
                yield return $"the curve {one.Name} of {one.Process} at step {one.Step} is not as it was written";
        foreach (var one in Rasters.Except(other.Rasters)) yield return $"the raster {one.Name} of {one.Process} is not as it was written";
        if (Events != other.Events) yield return "the events are not as they were written";
    }
}

/// <param name="Last">Step of its last row.</param>
public sealed record SeriesMark(string Process, string Name, long Rows, long Last, ulong Digest);

public sealed record CurveMark(string Process, string Name, long Step, long Rows, ulong Digest);

public sealed record RasterMark(string Process, string Name, ulong Digest);

/// <param name="Last">Number of the last row.</param>
public sealed record EventMark(long Rows, long Last, ulong Digest);
