using System.Text.Json;

namespace Brink.Runs;

/// <summary>The result of checking that a run is as it was written: SQLite's own check of the file, the digests of its rows,
/// and the checksums of its checkpoints and of its tensor files.</summary>
/// <param name="Folder">Folder of the run.</param>
/// <param name="Faults">Differences from what was written, one line each.</param>
/// <param name="Points">Number of points of series and curves that a digest covers; null if the store has no mark.</param>
/// <param name="Checkpoints">Number of intact checkpoints.</param>
/// <param name="BeingWritten">True if a process writes the run now.</param>
public sealed record RunVerification(string Folder, IReadOnlyList<string> Faults, long? Points, int Checkpoints, bool BeingWritten)
{
    /// <summary>Checks a run.</summary>
    /// <param name="folder">Folder of the run.</param>
    public static RunVerification Of(string folder)
    {
        var (faults, points, manifest) = Opened(folder);
        if (manifest is not null) faults.AddRange(FileFaults(folder, manifest));
        var whole = 0;
        foreach (var file in CheckpointFiles.All(folder))
        {
            if (CheckpointFiles.Fault(file) is not { } fault) whole++;
            // The writer may remove older checkpoints at any moment.
            else if (File.Exists(file)) faults.Add($"{CheckpointFiles.Folder}/{Path.GetFileName(file)}: {fault}");
        }
        return new(Path.GetFullPath(folder), faults, points, whole, RunLock.IsTaken(folder));
    }

    /// <summary>Lists the faults of the store alone.</summary>
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
        faults.AddRange(mark.Differences(reader.Tally(mark).Mark()));
        // The manifest of a run in progress grows; at the end of the run it is complete.
        if (new RunManifest(mark.Manifest).Status != RunStatus.Running.Name())
        {
            foreach (var (key, value) in mark.Manifest)
                if (manifest.Node(key)?.ToJsonString() != new RunManifest(mark.Manifest).Node(key)?.ToJsonString())
                    faults.Add($"manifest: {key} has changed since it was written");
        }
        return (mark.Series.Sum(one => one.Rows) + mark.Curves.Sum(one => one.Rows), manifest);
    }

    /// <summary>Lists the faults of the files next to the store that the manifest covers.</summary>
    private static List<string> FileFaults(string folder, RunManifest manifest)
    {
        var faults = new List<string>();
        try
        {
            CompareExperiment(folder, manifest, faults);
            faults.AddRange(TensorFiles.Faults(folder, manifest));
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
        else if (File.ReadAllText(path) != manifest.Text("experiment"))
            faults.Add($"{RunFolders.ExperimentFile} has changed since the run began");
    }
}
