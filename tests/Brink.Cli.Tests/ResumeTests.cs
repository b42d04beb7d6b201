using Brink.Tests;

namespace Brink.Cli.Tests;

public class ResumeTests
{
    private static readonly string[] Short = ["run", "smoke", "--set", "tracking.steps=40", "--set", "tracking.theory_every=10"];

    [Fact]
    public void A_killed_run_is_resumed_verified_repeated_archived_and_removed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a kill is SIGKILL");
        using var brink = new BrinkProgram();
        Assert.Equal(0, brink.Run([.. Short, "--out", "runs/whole"]).Code);
        Assert.Contains("completed; there is nothing to resume", brink.Run("resume", "whole").ErrorLine, StringComparison.Ordinal);
        using (var process = brink.Start([], [.. Short, "--out", "runs/killed", "--checkpoint-every", "0"]))
        {
            process.Await(() => File.Exists(brink.Path("runs/killed/checkpoints/000005.safetensors")));
            // No other process may write the run meanwhile.
            var second = brink.Run("resume", "killed");
            if (!process.HasExited) Assert.Contains("another process is writing this run", second.ErrorLine, StringComparison.Ordinal);
            process.Kill();
            process.Ended();
        }
        Assert.Contains("killed", brink.Run("runs", "list", "--json").Output, StringComparison.Ordinal);
        Assert.Equal(0, brink.Run("runs", "verify", "killed").Code);
        var resumed = brink.Run("resume", "killed", "--json");
        Assert.Equal((0, ""), (resumed.Code, resumed.Error));
        Assert.Equal("completed", resumed.Json.GetProperty("status").GetString());
        Assert.Equal(Csv("whole"), Csv("killed"));

        // Repeated from its own record.
        var again = brink.Run("run", "--like", "killed", "--out", "runs/again");
        Assert.Equal((0, "brink: all numbers are the same, to the last bit\n"), (again.Code, again.Error));
        Assert.Contains(
            "--seed: cannot be combined with --like, which repeats the run killed",
            brink.Run("run", "--like", "killed", "--seed", "3").ErrorLine,
            StringComparison.Ordinal);

        // Flipped bits are found, and the damaged run is named.
        var verified = brink.Run("runs", "verify", "--json").Json;
        Assert.Equal(3, verified.GetArrayLength());
        Assert.All(verified.EnumerateArray(), one => Assert.True(one.GetProperty("ok").GetBoolean()));
        var bytes = File.ReadAllBytes(brink.Path("runs/again/run.db"));
        for (var i = bytes.Length / 2; i < (bytes.Length / 2) + 2048; i += 16) bytes[i] ^= 4;
        File.WriteAllBytes(brink.Path("runs/again/run.db"), bytes);
        var exported = brink.Run("runs", "export", "again", "--format", "csv");
        Assert.Equal(1, exported.Code);
        Assert.Contains("only the readable part was exported", exported.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(1, brink.Run("runs", "export", "again", "--archive", "again.zip").Code);
        Assert.False(File.Exists(brink.Path("again.zip")));
        var damaged = brink.Run("runs", "verify");
        Assert.Equal(1, damaged.Code);
        Assert.Contains("again: ", damaged.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 3 runs are damaged", damaged.ErrorLine, StringComparison.Ordinal);

        // Archived.
        Assert.Equal(0, brink.Run("runs", "export", "killed", "--archive", "killed.zip").Code);
        Assert.Contains("--force", brink.Run("runs", "export", "killed", "--archive", "killed.zip").ErrorLine, StringComparison.Ordinal);
        Assert.Contains("exists already", brink.Run("runs", "import", "killed.zip").ErrorLine, StringComparison.Ordinal);

        // Removed, and imported again; without a terminal, only with --yes.
        Assert.Equal(2, brink.Run("runs", "rm", "killed").Code);
        Assert.True(Directory.Exists(brink.Path("runs/killed")));
        Assert.Equal(0, brink.Run("runs", "rm", "killed", "again", "--yes").Code);
        Assert.False(Directory.Exists(brink.Path("runs/killed")));
        Assert.Equal(0, brink.Run("runs", "import", "killed.zip").Code);
        Assert.Equal(Csv("whole"), Csv("killed"));

        string Csv(string run) =>
            brink.Run("runs", "export", run, "--format", "csv").Output + brink.Run("runs", "export", run, "--format", "curves").Output;
    }

    [Fact]
    public void A_damaged_store_is_reported_by_every_command()
    {
        using var brink = new BrinkProgram();
        Directory.CreateDirectory(brink.Path("runs/run"));
        File.WriteAllText(brink.Path("runs/run/run.db"), new string('x', 5000));
        Assert.Contains("the run contains no experiment", brink.Run("resume", "run").ErrorLine, StringComparison.Ordinal);
        foreach (var arguments in new[]
        {
            "runs verify run", "runs list", "runs show run", "report run", "runs export run", "runs export run --archive run.zip",
        })
        {
            var said = brink.Run(arguments.Split(' '));
            Assert.NotEqual(0, said.Code);
            Assert.Contains("damaged", said.Output + said.ErrorLine, StringComparison.Ordinal);
        }
        Assert.Contains("is a folder", brink.Run("runs", "import", ".").ErrorLine, StringComparison.Ordinal);
    }

    [Fact, Trait("speed", "slow")]
    public void A_full_disk_ends_a_run_which_resumes_when_there_is_space()
    {
        using var brink = new BrinkProgram();
        using var disk = SmallDisk.Mounted(brink.Path("disk"), "700k");
        Assert.SkipWhen(disk is null, "a small disk can be mounted by root only");
        string[] experiment = ["run", "smoke", "--set", "tracking.steps=300", "--set", "tracking.theory_every=5"];
        Assert.Equal(0, brink.Run([.. experiment, "--out", "runs/whole"]).Code);
        var full = brink.Run([.. experiment, "--out", "disk/run", "--checkpoint-every", "0"]);
        Assert.Equal(1, full.Code);
        Assert.Matches("[Nn]o space left|disk full", full.ErrorLine);
        Assert.Contains("continue with 'brink resume disk/run'", full.ErrorLine, StringComparison.Ordinal);
        disk!.Remount("size=64m");
        var resumed = brink.Run("resume", "disk/run");
        Assert.Equal((0, ""), (resumed.Code, resumed.Error));
        Assert.Equal(brink.Run("runs", "export", "whole").Output, brink.Run("runs", "export", "disk/run").Output);

        // From a read-only disk, runs are read but not changed.
        disk.Remount("ro");
        Assert.Equal(0, brink.Run("runs", "verify", "disk/run").Code);
        Assert.Equal(0, brink.Run("report", "disk/run", "--out", "page.html").Code);
        Assert.Contains("ead-only", brink.Run("run", "smoke", "--out", "disk/other").ErrorLine, StringComparison.Ordinal);
        Assert.Contains("ead-only", brink.Run("resume", "disk/run").ErrorLine, StringComparison.Ordinal);
        Assert.Contains("ead-only", brink.Run("runs", "rm", "disk/run", "--yes").ErrorLine, StringComparison.Ordinal);
    }

    /// <summary>A file system in memory, with a limited size.</summary>
    private sealed class SmallDisk(string path) : IDisposable
    {
        /// <summary>Mounts it; returns null if that is not permitted.</summary>
        public static SmallDisk? Mounted(string path, string size)
        {
            Directory.CreateDirectory(path);
            return Done("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path) ? new(path) : null;
        }

        public void Remount(string options) => Assert.True(Done("mount", "-o", $"remount,{options}", path));

        public void Dispose() => Done("umount", path);

        private static bool Done(string program, params string[] arguments) =>
            OperatingSystem.IsLinux() && ChildProcess.Run(program, arguments).Code == 0;
    }
}
