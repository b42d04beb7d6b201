using System.Globalization;
using Brink.Algebra;
using Brink.Runs;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>The state of a run at one moment, from which it continues bit for bit.</summary>
/// <param name="Phase">Current part of the run.</param>
/// <param name="State">State of the dynamics and the recorders.</param>
/// <param name="Mark">Extent of the store.</param>
/// <param name="Seconds">Time that the run had taken.</param>
public sealed record Checkpoint(string Phase, Snapshot State, RunMark Mark, double Seconds)
{
    private const string Format = "brink-checkpoint-3", Own = "state.";

    /// <exception cref="RunStoreException">The checkpoint cannot be written; earlier ones are unchanged.</exception>
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

    /// <summary>Reads a checkpoint; its tensors belong to the dispose scope of the caller.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or of another format.</exception>
    public static Checkpoint Read(string path)
    {
        if (CheckpointFiles.Fault(path) is { } fault) throw new InvalidDataException(fault);
        var (tensors, words) = Safetensors.Read(path);
        var format = words.GetValueOrDefault("format");
        if (format is not (Format or CheckpointFormatTwo.Format))
        {
            throw new InvalidDataException(
                $"written in format {format ?? "unknown"}; this version reads {CheckpointFormatTwo.Format} and {Format}");
        }
        var own = words.Where(word => word.Key.StartsWith(Own, StringComparison.Ordinal))
            .ToDictionary(word => word.Key[Own.Length..], word => word.Value, StringComparer.Ordinal);
        return new(
            words["phase"],
            format == Format ? new(tensors, own) : CheckpointFormatTwo.Read(tensors, own),
            RunMark.FromJson(words["mark"]),
            double.Parse(words["seconds"], CultureInfo.InvariantCulture));
    }
}
