using System.Text.Json;

namespace Brink.Runs;

/// <summary>Whether a run is as it was written: SQLite's own check of the file, the digests of its rows, the checksums of its
/// checkpoints.</summary>
/// <param name="Folder">Of the run.</param>
/// <param name="Faults">What is not as it was written, one line each.</param>
/// <param name="Points">Of its series and curves that a digest vouches for; null where the run never said any.</param>
/// <param name="Checkpoints">Whole ones.</param>
/// <param name="BeingWritten">Whether a process writes it now.</param>
public sealed record RunVerification(string Folder, IReadOnlyList<string> Faults, long? Points, int Checkpoints, bool BeingWritten)
{
    public static RunVerification Of(string folder)
    {
        var faults = new List<string>();
        long? points = null;
        try
        {
            points = Store(folder, faults);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException)
        {
            faults.Add(e.Message);
        }
        var (whole, checkpoints) = (0, CheckpointFiles.All(folder));
        foreach (var file in checkpoints)
        {
            if (CheckpointFiles.Fault(file) is { } fault) faults.Add($"{CheckpointFiles.Folder}/{Path.GetFileName(file)}: {fault}");
            else whole++;
        }
        return new(Path.GetFullPath(folder), faults, points, whole, RunLock.IsTaken(folder));
    }

    private static long? Store(string folder, List<string> faults)
    {
        var file = Path.Combine(folder, RunDatabase.FileName);
        if (RunDatabase.Damage(file) is { } damage)
        {
            faults.Add(damage);
            return null;
        }
        using var reader = RunReader.Open(folder);
        var manifest = reader.Manifest();
        foreach (var key in manifest.Keys) manifest.Node(key);
        CompareExperiment(folder, manifest, faults);
        if (reader.Mark() is not { } mark) return null;
        faults.AddRange(mark.Missing(reader.Tally(mark).Mark()));
        // Of a run that goes on the manifest grows; at its end it was all there.
        if (new RunManifest(mark.Manifest).Status != "running")
        {
            foreach (var (key, value) in mark.Manifest)
                if (manifest.Node(key)?.ToJsonString() != new RunManifest(mark.Manifest).Node(key)?.ToJsonString())
                    faults.Add($"manifest: {key} is not as it was written");
        }
        return mark.Series.Sum(one => one.Rows) + mark.Curves.Sum(one => one.Rows);
    }

    private static void CompareExperiment(string folder, RunManifest manifest, List<string> faults)
    {
        var path = Path.Combine(folder, RunFolders.ExperimentFile);
        if (manifest.Text("study") is null) return;
        if (!File.Exists(path)) faults.Add($"{RunFolders.ExperimentFile} is missing");
        else if (File.ReadAllText(path) != manifest.Text("experiment")) faults.Add($"{RunFolders.ExperimentFile} is not what the run began with");
    }
}
