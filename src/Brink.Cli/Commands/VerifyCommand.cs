using System.CommandLine;
using System.Globalization;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class VerifyCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = $"{RunPage.Which} Default: every run in runs.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "verify",
            "Checks that runs are as they were written: store, rows and checkpoints, by their checksums.",
            "brink runs verify quickstart")
        {
            runs, json,
        };
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(runs)!;
            var folders = named.Length > 0
                ? [.. named.Select(run => RunFolders.Find(RunFolders.DefaultRoot, run))]
                : RunFolders.All(RunFolders.DefaultRoot);
            var found = folders.Select(RunVerification.Of).ToArray();
            if (parsed.GetValue(json)) Answer.Print(found.Select(Document).ToArray());
            else if (found.Length == 0) Console.Out.WriteLine("no runs yet; 'brink run' makes one");
            else foreach (var one in found) Write(one);
            var damaged = found.Count(one => one.Faults.Count > 0);
            return damaged == 0 ? Answer.Success : Answer.Error(
                $"{damaged} of {found.Length} runs are damaged; 'brink resume RUN' computes the lost part of an interrupted run again",
                Answer.Failed);
        });
        return command;
    }

    private static object Document(RunVerification found) => new
    {
        Run = found.Folder,
        Ok = found.Faults.Count == 0,
        found.Faults,
        found.Points,
        found.Checkpoints,
        found.BeingWritten,
    };

    private static void Write(RunVerification found)
    {
        var intact = found.Points is { } points
            ? string.Create(CultureInfo.InvariantCulture, $"{points} points intact")
            : "store intact; its numbers have no checksums yet";
        Console.Out.WriteLine(
            $"{RunPage.Named(found.Folder)}: {(found.Faults.Count == 0 ? intact : $"{found.Faults.Count} faults")}"
                + (found.Checkpoints > 0 ? $", {found.Checkpoints} checkpoints" : "")
                + (found.BeingWritten ? ", being written" : ""));
        foreach (var fault in found.Faults) Console.Out.WriteLine($"  {fault}");
    }
}
