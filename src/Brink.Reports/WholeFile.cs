namespace Brink.Reports;

/// <summary>Writes files that a reader finds either as they were or as a whole.</summary>
public static class WholeFile
{
    /// <summary>Writes a text to a file; an existing one is replaced.</summary>
    public static void Write(string path, string text)
    {
        var aside = path + ".part";
        File.WriteAllText(aside, text);
        File.Move(aside, path, overwrite: true);
    }
}
