using System.CommandLine;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>The run that a command leaves, and its page.</summary>
internal static class RunPage
{
    /// <param name="usual">The folder where none is named.</param>
    public static Option<string?> Folder(string usual) => new("--out")
    {
        Description = $"Folder of the run with the page; it must be new or empty. Default: {usual}.",
    };

    /// <returns>The page's path.</returns>
    public static string Write(RunReader run)
    {
        var page = Page.In(run);
        Page.Write([run], page);
        return page;
    }

    /// <summary>As other commands take it: its name, or its path where it does not lie under runs.</summary>
    public static string Named(string folder)
    {
        var path = Path.GetRelativePath(".", folder);
        var root = RunFolders.DefaultRoot + Path.DirectorySeparatorChar;
        return path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
    }

    /// <summary>Where both are, as a person reads it.</summary>
    public static void Tell(RunReader run, string page)
    {
        Console.Out.WriteLine($"run   {Path.GetRelativePath(".", run.Folder)}");
        Console.Out.WriteLine($"page  {Path.GetRelativePath(".", page)}");
    }
}
