using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>What a killed process leaves of a run: its files as they are at one moment, in a folder of its own.</summary>
internal static class CrashImages
{
    public static void Take(string run, string to)
    {
        foreach (var file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            // The writer's lock is on the file: its name alone stays behind, as after a kill.
            if (Path.GetFileName(file) == "run.lock") File.WriteAllText(copy, "");
            else File.Copy(file, copy);
        }
    }

    /// <summary>Every number, word and value of the manifest that does not tell the time.</summary>
    public static string Contents(string folder)
    {
        using var reader = RunReader.Open(folder);
        using var text = new StringWriter();
        RunExport.WriteCsv(reader, text);
        RunExport.WriteCurvesCsv(reader, text);
        foreach (var one in reader.Events()) text.WriteLine(one);
        var manifest = reader.Manifest();
        foreach (var key in manifest.Keys.Except(["name", "started", "seconds", "resumed"])) text.WriteLine($"{key} {manifest.Node(key)?.ToJsonString()}");
        return text.ToString();
    }
}
