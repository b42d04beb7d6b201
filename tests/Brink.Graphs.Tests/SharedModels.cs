namespace Brink.Graphs.Tests;

/// <summary>Networks exported by other programs: in the folder BRINK_MODELS, or else in ../shared/models next to the repository.
/// Tests that need them are skipped where the folder is absent.</summary>
internal static class SharedModels
{
    public static readonly string Root = Environment.GetEnvironmentVariable("BRINK_MODELS") is { Length: > 0 } given
        ? given
        : Path.GetFullPath(Path.Combine(Repository(), "..", "shared", "models"));

    /// <summary>Paths of files relative to the folder; one empty path where the folder is absent.</summary>
    /// <param name="extension">End of the names, with the dot.</param>
    public static IEnumerable<string> Files(string extension) => Directory.Exists(Root)
        ? Directory.EnumerateFiles(Root, "*" + extension, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
        : [""];

    /// <summary>Returns the path of a file, or skips the test.</summary>
    /// <param name="file">Path relative to the folder.</param>
    public static string Required(string file)
    {
        var path = Path.Combine(Root, file);
        Assert.SkipUnless(File.Exists(path), $"no {path}; set BRINK_MODELS to the folder of the exported networks");
        return path;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Brink.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
