using System.Globalization;
using Brink.Algebra;
using Brink.Runs;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>A run at one moment, from where it can go on as if nothing had been.</summary>
/// <param name="Phase">Which part of the run it was in.</param>
/// <param name="State">What everything that moves and measures was made of.</param>
/// <param name="Mark">How far the store had been written.</param>
/// <param name="Seconds">What the run had taken.</param>
public sealed record Checkpoint(string Phase, Snapshot State, RunMark Mark, double Seconds)
{
    private const string Format = "brink-checkpoint-3", Own = "state.";

    /// <exception cref="RunStoreException">It cannot be written; the ones before are as they were.</exception>
    public string Write(string run) => CheckpointFiles.Add(run, file => Safetensors.Write(
        file,
        State.Tensors,
        new Dictionary<string, string>(State.Words.Select(word => KeyValuePair.Create(Own + word.Key, word.Value)), StringComparer.Ordinal)
        {
            ["checksum"] = CheckpointFiles.NoChecksum,
            ["format"] = Format,
            ["phase"] = Phase,
            ["mark"] = Mark.ToJson(),
            ["seconds"] = Seconds.ToString("R", CultureInfo.InvariantCulture),
        }));

    /// <summary>Its tensors belong to the dispose scope of the caller.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static Checkpoint Read(string path)
    {
        if (CheckpointFiles.Fault(path) is { } fault) throw new InvalidDataException(fault);
        var (tensors, words) = Safetensors.Read(path);
        var format = words.GetValueOrDefault("format");
        if (format is not (Format or CheckpointTwo.Format))
            throw new InvalidDataException($"its format is {format}; this version reads {CheckpointTwo.Format} and {Format}");
        var own = words.Where(word => word.Key.StartsWith(Own, StringComparison.Ordinal))
            .ToDictionary(word => word.Key[Own.Length..], word => word.Value, StringComparer.Ordinal);
        return new(
            words["phase"],
            format == Format ? new(tensors, own) : CheckpointTwo.Read(tensors, own),
            RunMark.FromJson(words["mark"]),
            double.Parse(words["seconds"], CultureInfo.InvariantCulture));
    }
}
