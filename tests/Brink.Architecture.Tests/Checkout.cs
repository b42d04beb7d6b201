namespace Brink.Architecture.Tests;

/// <summary>Sources of this checkout and the assemblies built from them.</summary>
internal static class Checkout
{
    public static readonly string Root = FindRoot();

    /// <summary>Paths of the C# files below a folder, relative to the root.</summary>
    public static IEnumerable<string> Sources(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));

    /// <summary>Path of a project's assembly in the output folder of a program, in the configuration of this assembly.</summary>
    public static string Built(string program, string assembly)
    {
        var own = AppContext.BaseDirectory.TrimEnd('/', '\\');
        return Path.GetFullPath(Path.Combine(own, "..", "..", program, Path.GetFileName(own), assembly + ".dll"));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Brink.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
