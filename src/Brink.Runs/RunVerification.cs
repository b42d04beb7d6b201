using System.Text.Json;

namespace Brink.Runs;

/// <summary>Whether a run is as it was written: SQLite's own check of the file, the digests of its rows, the checksums of its
/// checkpoints and of the tensors that it left.</summary>
/// <param name="Folder">Of the run.</param>
/// <param name="Faults">What is not as it was written, one line each.</param>
/// <param name="Points">Of its series and curves that a digest vouches for; null where the run never said any.</param>
/// <param name="Checkpoints">Whole ones.</param>
/// <param name="BeingWritten">Whether a process writes it now.</param>
public sealed record RunVerification(string Folder, IReadOnlyList<string> Faults, long? Points, int Checkpoints, bool BeingWritten)
{
    public static RunVerification Of(string folder)
    {
        var (faults, points, manifest) = Opened(folder);
        if (manifest is not null) faults.AddRange(Beside(folder, manifest));
        var whole = 0;
        foreach (var file in CheckpointFiles.All(folder))
        {
            if (CheckpointFiles.Fault(file) is not { } fault) whole++;
            // The writer removes older ones at any moment.
            else if (File.Exists(file)) faults.Add($"{CheckpointFiles.Folder}/{Path.GetFileName(file)}: {fault}");
        }
        return new(Path.GetFullPath(folder), faults, points, whole, RunLock.IsTaken(folder));
    }

    /// <summary>What of the store alone is not as it was written.</summary>
    public static IReadOnlyList<string> StoreFaults(string folder) => Opened(folder).Faults;

    private static (List<string> Faults, long? Points, RunManifest? Manifest) Opened(string folder)
    {
        var faults = new List<string>();
        try
        {
            var (points, manifest) = Store(folder, faults);
            return (faults, points, manifest);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException)
        {
            faults.Add(e.Message);
            return (faults, null, null);
        }
    }

    private static (long? Points, RunManifest? Manifest) Store(string folder, List<string> faults)
    {
        var file = Path.Combine(folder, RunDatabase.FileName);
        if (RunDatabase.Damage(file) is { } damage)
        {
            faults.Add(damage);
            return (null, null);
        }
        using var reader = RunReader.Open(folder);
        var manifest = reader.Manifest();
        foreach (var key in manifest.Keys) manifest.Node(key);
        if (reader.Mark() is not { } mark) return (null, manifest);
        faults.AddRange(mark.Missing(reader.Tally(mark).Mark()));
        // Of a run that goes on the manifest grows; at its end it was all there.
        if (new RunManifest(mark.Manifest).Status != RunStatus.Running.Name())
        {
            foreach (var (key, value) in mark.Manifest)
                if (manifest.Node(key)?.ToJsonString() != new RunManifest(mark.Manifest).Node(key)?.ToJsonString())
                    faults.Add($"manifest: {key} is not as it was written");
        }
        return (mark.Series.Sum(one => one.Rows) + mark.Curves.Sum(one => one.Rows), manifest);
    }

    /// <summary>Of what lies beside the store, and that the manifest vouches for.</summary>
    private static List<string> Beside(string folder, RunManifest manifest)
    {
        var faults = new List<string>();
        try
        {
            CompareExperiment(folder, manifest, faults);
            faults.AddRange(LeftFiles.Faults(folder, manifest));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            faults.Add(e.Message);
        }
        return faults;
    }

    private static void CompareExperiment(string folder, RunManifest manifest, List<string> faults)
    {
        var path = Path.Combine(folder, RunFolders.ExperimentFile);
        if (manifest.Text("study") is null) return;
        if (!File.Exists(path)) faults.Add($"{RunFolders.ExperimentFile} is missing");
        else if (File.ReadAllText(path) != manifest.Text("experiment")) faults.Add($"{RunFolders.ExperimentFile} is not what the run began with");
    }
}
