using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>Copies the files of a run at one moment, as a killed process would leave them.</summary>
internal static class CrashImages
{
    public static void Take(string run, string to)
    {
        foreach (var file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            // The writer has locked the file: an empty file remains, as after a kill.
            if (Path.GetFileName(file) == "run.lock") File.WriteAllText(copy, "");
            else File.Copy(file, copy);
        }
    }

    /// <summary>Returns all series, curves, events and manifest values as text, except those that contain times.</summary>
    public static string Contents(string folder)
    {
        using var reader = RunReader.Open(folder);
        using var text = new StringWriter();
        RunExport.WriteCsv(reader, text);
        RunExport.WriteCurvesCsv(reader, text);
        foreach (var one in reader.Events()) text.WriteLine(one);
        var manifest = reader.Manifest();
        foreach (var key in manifest.Keys.Except(["name", "started", "seconds", "peak_memory_mb", "resumed"]))
            text.WriteLine($"{key} {manifest.Node(key)?.ToJsonString()}");
        return text.ToString();
    }
}
