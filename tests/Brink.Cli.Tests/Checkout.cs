namespace Brink.Cli.Tests;

/// <summary>The checkout that this assembly was built in.</summary>
internal static class Checkout
{
    private static readonly string Root = FindRoot();

    /// <summary>Returns the full path of a file.</summary>
    public static string Path(string file) => System.IO.Path.Combine(Root, file);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Brink.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
