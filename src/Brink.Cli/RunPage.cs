using System.CommandLine;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>The run that a command writes, and its page.</summary>
internal static class RunPage
{
    /// <summary>Description of an argument that names runs.</summary>
    public const string Which = "Name of a run in the folder runs, or path of its folder.";

    /// <param name="usual">Default folder.</param>
    public static Option<string?> Folder(string usual) => new("--out")
    {
        Description = $"Folder for the run and its page; it must be new or empty. Default: {usual}.",
        HelpName = "FOLDER",
    };

    /// <returns>The path of the page.</returns>
    public static string Write(RunReader run)
    {
        var page = Page.In(run);
        Page.Write([run], page);
        return page;
    }

    /// <summary>Returns the name of a run for other commands, or its path if it is not in the folder runs.</summary>
    public static string Named(string folder)
    {
        var path = Path.GetRelativePath(".", folder);
        var root = RunFolders.DefaultRoot + Path.DirectorySeparatorChar;
        return path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
    }

    /// <summary>Prints the paths of the run and the page as text.</summary>
    public static void Print(RunReader run, string page)
    {
        Console.Out.WriteLine($"run   {Path.GetRelativePath(".", run.Folder)}");
        Console.Out.WriteLine($"page  {Path.GetRelativePath(".", page)}");
    }
}
