using System.CommandLine;
using System.Text.Json.Nodes;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class RunsCommand
{
    private const string Unreadable = "unreadable: ";

    public static Command Create() => new ExampleCommand(
        "runs",
        "Lists, shows, verifies, exports, imports and removes runs.",
        "brink runs export quickstart --format csv > quickstart.csv")
    {
        List(), Show(), VerifyCommand.Create(), ExportCommand.Create(), ImportCommand.Create(), RemoveCommand.Create(),
    };

    private static Command List()
    {
        var json = Answer.Json();
        var command = new ExampleCommand("list", "Lists all runs in the folder runs, newest first.", "brink runs list") { json };
        command.SetAction(parsed =>
        {
            var runs = RunFolders.All(RunFolders.DefaultRoot).Select(Summary).ToArray();
            if (parsed.GetValue(json)) Answer.Print(runs);
            else if (runs.Length == 0) Console.Out.WriteLine("no runs yet; 'brink run' makes one");
            else Write(runs);
            var unreadable = runs.Count(run => run.Status.StartsWith(Unreadable, StringComparison.Ordinal));
            return unreadable == 0 ? Answer.Success : Answer.Error(
                $"{unreadable} of {runs.Length} runs cannot be read; see 'brink runs verify'", Answer.Failed);
        });
        return command;
    }

    private static Command Show()
    {
        var run = new Argument<string>("RUN") { Description = RunPage.Which };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "show",
            "Shows the experiment, results and origin of a run; --json prints every value in full.",
            "brink runs show quickstart")
        {
            run,
            json,
        };
        command.SetAction(parsed =>
        {
            using var reader = RunReader.Open(RunFolders.Find(RunFolders.DefaultRoot, parsed.GetValue(run)!));
            var manifest = reader.Manifest();
            if (parsed.GetValue(json))
            {
                Answer.Print(new JsonObject(
                    manifest.Keys.Select(key => KeyValuePair.Create(key, manifest.Node(key)))));
                return Answer.Success;
            }
            if (Story.Of(reader) is { Length: > 0 } story) Console.Out.WriteLine(story + Environment.NewLine);
            foreach (var table in Overview.Of(reader))
            {
                Console.Out.WriteLine($"[{table.Title}]");
                AnswerTable.Write(table.Head, table.Rows);
            }
            return Answer.Success;
        });
        return command;
    }

    private static RunLine Summary(string folder)
    {
        try
        {
            var manifest = RunReader.ManifestOf(folder);
            return new(
                Path.GetFileName(folder),
                RunFolders.StatusOf(folder, manifest),
                manifest.Text(RunSchema.Started.Name),
                manifest.Get(RunSchema.Threshold),
                manifest.Get(EdgeSchema.TrackedSteps),
                manifest.Get(EdgeSchema.PredictionErrorMean),
                manifest.Get(RunSchema.Seconds));
        }
        catch (RunStoreException e)
        {
            // A damaged run must not hide the others.
            return new(Path.GetFileName(folder), Unreadable + e.Message, null, null, null, null, null);
        }
    }

    private static void Write(IReadOnlyList<RunLine> runs) => AnswerTable.Write(
        ["run", "status", "started", "2/η", "tracked steps", "prediction error", "seconds"],
        [.. runs.Select(run => new[]
        {
            run.Run,
            run.Status,
            run.Started?[..Math.Min(19, run.Started.Length)] ?? "",
            $"{run.Threshold:g5}",
            $"{run.TrackedSteps}",
            $"{run.PredictionErrorMean:p2}",
            $"{run.Seconds:f1}",
        })]);

    private sealed record RunLine(
        string Run,
        string Status,
        string? Started,
        double? Threshold,
        double? TrackedSteps,
        double? PredictionErrorMean,
        double? Seconds);
}
