namespace Brink.Reports;

/// <summary>Reads files embedded in this assembly, by their path in the project.</summary>
internal static class Resources
{
    public static Stream Open(string path) => typeof(Resources).Assembly.GetManifestResourceStream(path)
        ?? throw new FileNotFoundException($"no embedded file {path}");

    public static string Text(string path)
    {
        using var reader = new StreamReader(Open(path));
        return reader.ReadToEnd();
    }
}
