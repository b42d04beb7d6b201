using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class SweepCommand
{
    // Longer tables are in the file and on the page.
    private const int MostRows = 40;

    public static Command Create()
    {
        var what = new Argument<string>("FILE.yaml | SWEEP")
        {
            Description = "An experiment file with the key 'axes': lists or ranges of values by path; or the folder of a sweep, or its name"
                + " in the folder runs.",
        };
        var output = new Option<string?>("--out")
        {
            Description = "Folder for the sweep of a file. The same command continues the sweep in it. Default: runs/NAME.",
            HelpName = "FOLDER",
        };
        var jobs = new Option<int?>("--jobs")
        {
            Description = "Largest number of points computed at the same time; fewer while memory is short. Default: one for each"
                + " processor, or fewer where each has several threads.",
            HelpName = "N",
        };
        var threads = UsualOption.Of("--threads", "Threads of each point.", 1);
        var retry = new Option<bool>("--retry") { Description = "Try failed points again." };
        var index = new Option<int?>("--index")
        {
            Description = "Compute only this point, counted from 1, in this process: for the job array of any scheduler.",
            HelpName = "N",
        };
        var slurm = new Option<bool>("--slurm")
        {
            Description = "Submit the points without a result to Slurm as a job array, by the script submit.sh in the folder of the sweep,"
                + " which is written once and yours to change. --jobs limits the tasks at the same time.",
        };
        var status = new Option<bool>("--status") { Description = "Compute nothing: write table and page, and show the points." };
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "sweep",
            "Runs an experiment at many points, a grid or a random search over any settings, several at the same time.",
            "brink sweep rates.yaml")
        {
            what, output, jobs, threads, retry, index, slurm, status, every, json,
        };
        command.SetAction(parsed =>
        {
            var folder = SweepFolder.Of(parsed.GetValue(what)!, parsed.GetValue(output));
            var (each, asJson) = (AtLeast1(threads.Name, parsed.GetValue(threads)), parsed.GetValue(json));
            var most = AtLeast1(jobs.Name, parsed.GetValue(jobs) ?? Math.Max(1, Environment.ProcessorCount / each));
            if (parsed.GetValue(status))
            {
                Print(folder, Written(folder), most, each, asJson);
                return Answer.Success;
            }
            if (parsed.GetValue(slurm)) return Submit(folder, each, parsed.GetValue(jobs), parsed.GetValue(retry), asJson);
            var pace = CheckpointOption.Pace(parsed.GetValue(every));
            if (parsed.GetValue(index) is not { } point)
            {
                string[] passedOn = [.. parsed.GetValue(every) is { } seconds ? [every.Name, Text(seconds)] : Array.Empty<string>()];
                return Run(folder, new(folder, most, each, passedOn), most, each, parsed.GetValue(retry), asJson);
            }
            Environment.SetEnvironmentVariable("BRINK_THREADS", Text(each));
            return SweepPointRun.Of(folder, point, parsed.GetValue(retry), pace, asJson);
        });
        return command;
    }

    private static int Run(SweepFolder folder, SweepRun run, int jobs, int threads, bool retry, bool json)
    {
        using var interruption = new Interruption();
        var table = StudyDisplay.Show(folder.Name, progress => run.Run(retry, progress, interruption.Token));
        return Answered(folder, table, run.Faults, jobs, threads, json);
    }

    private static int Submit(SweepFolder folder, int threads, int? jobs, bool retry, bool json)
    {
        var array = new SlurmArray(folder);
        var states = array.States();
        int[] points =
        [
            .. folder.Table().Rows
                .Where(row => SweepFolder.IsDue(row, retry) && !SlurmArray.IsAlive(states.GetValueOrDefault(row.Index)))
                .Select(row => row.Index),
        ];
        array.Write(threads);
        var job = points.Length == 0 ? null : array.Submit(points, jobs);
        if (json) Answer.Print(new { Job = job, Points = points, array.Script });
        else Console.Out.WriteLine(job is null
            ? "every point has a result, or is in Slurm's queue"
            : $"job {job} with {points.Length} points; 'brink sweep {RunPage.Named(folder.Path)} --status' shows them");
        return Answer.Success;
    }

    /// <summary>Reads all points, with the state of Slurm where they were submitted to it, and writes table and page.</summary>
    private static SweepTable Written(SweepFolder folder)
    {
        var states = new SlurmArray(folder).States();
        var table = folder.Table([.. folder.Table().Rows.Select(row => SlurmArray.WithState(row, states.GetValueOrDefault(row.Index)))]);
        folder.Write(table);
        return table;
    }

    private static int Answered(SweepFolder folder, SweepTable table, IReadOnlyList<string> faults, int jobs, int threads, bool json)
    {
        Print(folder, table, jobs, threads, json);
        foreach (var fault in faults) Answer.Note(fault);
        var (done, failed) = (table.Rows.Count(row => row.HasOutcome), table.Rows.Count(row => row.HasFailed));
        if (done == table.Rows.Count) return Answer.Success;
        var named = RunPage.Named(folder.Path);
        var rest = table.Rows.Count - done - failed;
        return Answer.Error(
            $"{done} of {table.Rows.Count} points have a result"
                + (failed > 0 ? $"; {failed} failed: try them again with 'brink sweep {named} --retry'" : "")
                + (rest > 0 ? $"; compute the others with 'brink sweep {named}'" : ""),
            Answer.Failed);
    }

    private static void Print(SweepFolder folder, SweepTable table, int jobs, int threads, bool json)
    {
        if (json) Answer.Print(Document(folder, table, jobs, threads));
        else Write(folder, table, jobs, threads);
    }

    private static object Document(SweepFolder folder, SweepTable table, int jobs, int threads) => new
    {
        Sweep = folder.Path,
        folder.Page,
        Table = folder.Csv,
        Jobs = jobs,
        Threads = threads,
        Points = table.Rows.Select(row => new
        {
            row.Index,
            Run = row.Folder,
            row.Status,
            row.Message,
            Values = new JsonObject(table.Axes.Zip(row.Values, (axis, value) => KeyValuePair.Create(axis.Path, Node(value)))),
            row.Results,
        }),
    };

    /// <summary>Returns a value as JSON: numbers, lists and words of JSON as such, other values as strings.</summary>
    private static JsonNode? Node(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }

    private static void Write(SweepFolder folder, SweepTable table, int jobs, int threads)
    {
        AnswerTable.Write(
            ["point", .. table.Axes.Select(axis => axis.Path), "status", "seconds", "memory", "message"],
            [
                .. table.Rows.Take(MostRows).Select(row => (string[])
                [
                    $"{row.Index}", .. row.Values, row.Status, Number(row, RunSchema.Seconds.Name, "0.0"),
                    Number(row, RunSchema.PeakMemoryMb.Name, "0 'MB'"), row.Message,
                ]),
            ]);
        if (table.Rows.Count > MostRows) Console.Out.WriteLine($"and {table.Rows.Count - MostRows} more");
        var memory = table.Rows.Max(row => row.Results.GetValueOrDefault(RunSchema.PeakMemoryMb.Name));
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(", ", table.Counts.Select(count => $"{count.Count} {count.Status}"))}; at most {jobs} at the same time with"
                + $" {threads} {(threads == 1 ? "thread" : "threads")} each; largest memory of a point {memory:f0} MB"));
        foreach (var (name, path) in new[] { ("sweep", folder.Path), ("table", folder.Csv), ("page", folder.Page) })
            Console.Out.WriteLine($"{name,-5}  {Path.GetRelativePath(".", path)}");
    }

    private static string Number(SweepRow row, string key, string format) =>
        row.Results.TryGetValue(key, out var value) ? value.ToString(format, CultureInfo.InvariantCulture) : "";

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static int AtLeast1(string option, int value) =>
        value >= 1 ? value : throw new InputException($"{option} {value}: it must be at least 1");
}
