using System.CommandLine;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>The run that a command writes, and its page.</summary>
internal static class RunPage
{
    /// <param name="usual">Default folder.</param>
    public static Option<string?> Folder(string usual) => new("--out")
    {
        Description = $"Folder of the run with the page; it must be new or empty. Default: {usual}.",
    };

    /// <returns>The path of the page.</returns>
    public static string Write(RunReader run)
    {
        var page = Page.In(run);
        Page.Write([run], page);
        return page;
    }

    /// <summary>Returns the name of a run for other commands, or its path where it is not under runs.</summary>
    public static string Named(string folder)
    {
        var path = Path.GetRelativePath(".", folder);
        var root = RunFolders.DefaultRoot + Path.DirectorySeparatorChar;
        return path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
    }

    /// <summary>Prints the paths of the run and the page as text.</summary>
    public static void Tell(RunReader run, string page)
    {
        Console.Out.WriteLine($"run   {Path.GetRelativePath(".", run.Folder)}");
        Console.Out.WriteLine($"page  {Path.GetRelativePath(".", page)}");
    }
}
