using System.CommandLine;
using System.Globalization;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class RemoveCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = RunPage.Which,
            Arity = ArgumentArity.OneOrMore,
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation." };
        var json = Answer.Json();
        var command = new ExampleCommand("rm", "Removes runs permanently, after confirmation of each.", "brink runs rm quickstart-2 --yes")
        {
            runs, yes, json,
        };
        command.SetAction(parsed =>
        {
            var folders = parsed.GetValue(runs)!.Select(run => RunFolders.Find(RunFolders.DefaultRoot, run)).Distinct().ToArray();
            var mustConfirm = !parsed.GetValue(yes);
            if (mustConfirm && (Console.IsInputRedirected || parsed.GetValue(json)))
            {
                throw new InputException(
                    "rm: cannot ask for confirmation without a terminal or with --json; use --yes to remove without it");
            }
            var removed = new List<string>();
            foreach (var folder in folders)
            {
                if (mustConfirm && !IsWanted(folder)) continue;
                RunFolders.Remove(folder);
                removed.Add(Path.GetFullPath(folder));
                if (!parsed.GetValue(json)) Console.Out.WriteLine($"removed {Path.GetRelativePath(".", folder)}");
            }
            if (parsed.GetValue(json)) Answer.Print(new { Removed = removed });
            return Answer.Success;
        });
        return command;
    }

    private static bool IsWanted(string folder)
    {
        var files = new DirectoryInfo(folder).GetFiles("*", SearchOption.AllDirectories);
        Console.Error.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"remove {Path.GetRelativePath(".", folder)} with {files.Length} files, {files.Sum(file => file.Length) / 1e6:f1} MB? [y/N] "));
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
