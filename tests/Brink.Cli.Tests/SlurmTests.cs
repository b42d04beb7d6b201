using Brink.Tests;

namespace Brink.Cli.Tests;

/// <summary>Sweeps as job arrays of Slurm.</summary>
public class SlurmTests
{
    private const string Sweep = "preset: smoke\ntracking: { steps: 5, theory_every: 5 }\naxes: { learning_rate: [0.06, 50, 0.07] }\n";

    [Fact]
    public void A_sweep_is_computed_by_the_tasks_of_a_job_array()
    {
        using var slurm = new SlurmNode();
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("rates.yaml"), Sweep);
        var submitted = brink.Run(slurm.Variables, "sweep", "rates.yaml", "--slurm", "--jobs", "1", "--json");
        Assert.Equal((0, ""), (submitted.Code, submitted.Error));
        Assert.Equal([1, 2, 3], submitted.Json.GetProperty("points").EnumerateArray().Select(point => point.GetInt32()));
        // One task at a time: the last one is in the queue. A second submission leaves the queue as it is.
        var queued = Status(brink, slurm)[2];
        Assert.Equal(("waiting", "Slurm: PENDING"), queued);
        Assert.Contains("in Slurm's queue", brink.Run(slurm.Variables, "sweep", "rates", "--slurm").Output, StringComparison.Ordinal);
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        while (Status(brink, slurm).Any(point => point.Status is not ("completed" or "diverged")))
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromMinutes(3), string.Join('\n', Logs(brink)));
            Thread.Sleep(500);
        }
        Assert.Equal(["completed", "diverged", "completed"], Status(brink, slurm).Select(point => point.Status));
        Assert.Equal(3, Logs(brink).Count());
    }

    [Fact]
    public void The_script_is_written_once_and_names_the_points()
    {
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("rates.yaml"), Sweep);
        // A Slurm that prints how it was called.
        var folder = Directory.CreateDirectory(brink.Path("bin")).FullName;
        File.WriteAllText(brink.Path("bin/sbatch"), "#!/bin/sh\necho \"$@\" >> called\necho '12;cluster'\n");
        File.WriteAllText(brink.Path("bin/squeue"), "#!/bin/sh\necho '12_3|RUNNING'\n");
        File.WriteAllText(brink.Path("bin/sacct"), "#!/bin/sh\necho '12_1|OUT_OF_MEMORY'\necho '12_2|CANCELLED by 0'\n");
        foreach (var program in Directory.EnumerateFiles(folder)) Assert.Equal(0, ChildProcess.Run("chmod", "+x", program).Code);
        (string, string)[] path = [("PATH", $"{folder}:{Environment.GetEnvironmentVariable("PATH")}")];
        var first = brink.Run(path, "sweep", "rates.yaml", "--slurm", "--threads", "3", "--jobs", "2");
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.StartsWith("job 12 with 3 points", first.Output, StringComparison.Ordinal);
        var script = brink.Path("runs/rates/submit.sh");
        Assert.Equal($"--parsable --array=1-3%2 {script}\n", File.ReadAllText(brink.Path("called")));
        var lines = File.ReadAllLines(script);
        Assert.Contains("#SBATCH --cpus-per-task=3", lines);
        Assert.Equal((0, "", ""), ChildProcess.Run("bash", "-n", script));

        // The states of Slurm; the task that runs is not submitted again, and the script is that of the user.
        var status = brink.Run(path, "sweep", "rates", "--status", "--json").Json.GetProperty("points");
        Assert.Equal(
            ["Slurm: OUT_OF_MEMORY", "Slurm: CANCELLED", "Slurm: RUNNING"],
            status.EnumerateArray().Select(point => point.GetProperty("message").GetString()));
        File.AppendAllText(script, "# mine\n");
        Assert.StartsWith("job 12 with 2 points", brink.Run(path, "sweep", "rates", "--slurm").Output, StringComparison.Ordinal);
        Assert.EndsWith($"--parsable --array=1-2 {script}\n", File.ReadAllText(brink.Path("called")), StringComparison.Ordinal);
        Assert.EndsWith("# mine\n", File.ReadAllText(script), StringComparison.Ordinal);

        // The script computes the point of its task.
        using var task = new ChildProcess(new("bash", [script])
        {
            Environment = { ["SLURM_ARRAY_TASK_ID"] = "1", ["SLURM_CPUS_PER_TASK"] = "1" },
        });
        Assert.Equal(0, task.Ended().Code);
        Assert.Equal("completed", brink.Run("runs", "show", "rates/0001", "--json").Json.GetProperty("status").GetString());
    }

    [Fact]
    public void Without_Slurm_the_command_says_where_the_script_is()
    {
        Assert.SkipWhen(File.Exists("/usr/bin/sbatch"), "Slurm is installed");
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("rates.yaml"), Sweep);
        var refused = brink.Run("sweep", "rates.yaml", "--slurm");
        Assert.Equal(1, refused.Code);
        Assert.Contains("sbatch: not installed here; submit", refused.ErrorLine, StringComparison.Ordinal);
        Assert.True(File.Exists(brink.Path("runs/rates/submit.sh")));
    }

    private static (string Status, string Message)[] Status(BrinkProgram brink, SlurmNode slurm) =>
    [
        .. brink.Run(slurm.Variables, "sweep", "rates", "--status", "--json").Json.GetProperty("points").EnumerateArray()
            .Select(point => (point.GetProperty("status").GetString()!, point.GetProperty("message").GetString()!)),
    ];

    private static IEnumerable<string> Logs(BrinkProgram brink) =>
        Directory.EnumerateFiles(brink.Path("runs/rates"), "slurm-*.log").Select(File.ReadAllText);
}
