using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Brink.Reports;

namespace Brink.Cli;

/// <summary>A sweep as a job array of Slurm: a script in its folder, which a person can read and change, and the state of its
/// tasks.</summary>
/// <param name="folder">Folder of the sweep.</param>
internal sealed partial class SlurmArray(SweepFolder folder)
{
    // States in which a task is, or will be, computed (squeue, "JOB STATE CODES"). Others are ends.
    private static readonly string[] Alive =
        ["PENDING", "RUNNING", "CONFIGURING", "COMPLETING", "SUSPENDED", "REQUEUED", "REQUEUE_HOLD", "RESIZING", "STAGE_OUT", "STOPPED"];

    /// <summary>The script.</summary>
    public string Script => Path.Combine(folder.Path, "submit.sh");

    // A line for each job that was submitted.
    private string Jobs => Path.Combine(folder.Path, "slurm.jobs");

    /// <summary>Writes the script, unless there is one.</summary>
    /// <param name="threads">Threads of each task.</param>
    public void Write(int threads)
    {
        if (File.Exists(Script)) return;
        var program = string.Join(' ', OwnProgram.CommandLine().Select(Shell));
        File.WriteAllText(
            Script,
            $"""
            #!/bin/bash
            # Computes the points of the sweep {folder.Name}, a task for each. Change it as your cluster requires:
            # 'brink sweep {RunPage.Named(folder.Path)} --slurm' submits it as it is, for the points without a result.
            #SBATCH --job-name={Word(folder.Name)}
            #SBATCH --array=1-{folder.Sweep.Points.Count}
            #SBATCH --cpus-per-task={threads}
            #SBATCH --mem=2G
            #SBATCH --output={folder.Path}/slurm-%a.log
            #SBATCH --open-mode=append
            # A minute before the time limit a point is saved; the next submission continues it.
            #SBATCH --signal=B:TERM@60
            #SBATCH --time=1:00:00
            exec {program} sweep {Shell(folder.Path)} \
              --index "$SLURM_ARRAY_TASK_ID" --threads "$SLURM_CPUS_PER_TASK"

            """);
    }

    /// <summary>Submits points; returns the number of the job.</summary>
    /// <param name="points">Numbers of the points.</param>
    /// <param name="jobs">Largest number of tasks at the same time; null: as many as Slurm allows.</param>
    /// <exception cref="IOException">Slurm is not installed, or refuses the job.</exception>
    public string Submit(IReadOnlyList<int> points, int? jobs)
    {
        var limit = jobs is { } most ? string.Create(CultureInfo.InvariantCulture, $"%{most}") : "";
        var (code, output, error) = Run("sbatch", "--parsable", $"--array={Ranges(points)}{limit}", Script)
            ?? throw new IOException($"sbatch: not installed here; submit {Script} where it is");
        if (code != 0) throw new IOException($"sbatch: {error.Trim()}; change {Script} where necessary");
        var job = output.Trim().Split(';')[0];
        File.AppendAllText(Jobs, job + "\n");
        return job;
    }

    /// <summary>Returns the last state of each point that was submitted, such as PENDING or OUT_OF_MEMORY: that of squeue, and of
    /// sacct for tasks that have ended, where a cluster has accounting.</summary>
    public IReadOnlyDictionary<int, string> States()
    {
        var states = new Dictionary<int, string>();
        if (!File.Exists(Jobs)) return states;
        var list = string.Join(',', File.ReadAllLines(Jobs));
        Read(Run("sacct", "--noheader", "--allocations", "--parsable2", "--format=JobID,State", $"--jobs={list}"), '|');
        // Knows the present, of which accounting hears later.
        Read(Run("squeue", "--noheader", "--array", "--format=%i|%T", $"--jobs={list}"), '|');
        return states;

        void Read((int Code, string Output, string Error)? answer, char separator)
        {
            if (answer is not { Code: 0, Output: var text }) return;
            foreach (var line in text.Split('\n'))
            {
                var columns = line.Trim().Split(separator);
                if (columns.Length == 2 && Task().Match(columns[0]) is { Success: true } task)
                    states[int.Parse(task.Groups["index"].Value, CultureInfo.InvariantCulture)] = columns[1].Split(' ')[0];
            }
        }
    }

    /// <summary>Returns whether Slurm computes a task in that state, or will.</summary>
    public static bool IsAlive(string? state) => Alive.Contains(state);

    /// <summary>Returns the row of a point with Slurm's state as its message, where the run does not explain itself.</summary>
    public static SweepRow WithState(SweepRow row, string? state) =>
        row.HasOutcome || row.Message.Length > 0 || state is null ? row : row with { Message = $"Slurm: {state}" };

    /// <summary>Writes numbers in ascending order as ranges: 1-3,7.</summary>
    private static string Ranges(IEnumerable<int> numbers)
    {
        // Consecutive numbers have the same difference to their place.
        var ranges = numbers.Order().Select((number, place) => (number, place)).GroupBy(one => one.number - one.place, one => one.number);
        return string.Join(',', ranges.Select(range => range.First() == range.Last()
            ? range.First().ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First()}-{range.Last()}")));
    }

    /// <summary>Runs a program of Slurm to its end; returns null if it is not installed.</summary>
    private static (int Code, string Output, string Error)? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static string Shell(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Word(string text) => NotOfWord().Replace(text, "-");

    [GeneratedRegex("^[0-9]+_(?<index>[0-9]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Task();

    [GeneratedRegex("[^A-Za-z0-9_.-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotOfWord();
}
