using System.Diagnostics;
using System.Globalization;
using Brink.Tests;

namespace Brink.Cli.Tests;

/// <summary>Runs whose samples are spread over the processes that Open MPI's mpirun starts.</summary>
public class RankTests
{
    private static readonly string[] Short = ["--set", "tracking.steps=20", "--set", "tracking.theory_every=10"];

    [Fact]
    public void A_fixed_reduction_gives_the_same_bits_on_any_number_of_processes()
    {
        SkipWithoutMpi();
        using var brink = new BrinkProgram();
        string[] run = ["run", "smoke", .. Short, "--set", "reduction=fixed", "--set", "tracking.precision=mixed"];
        var alone = brink.Run(Variables, [.. run, "--out", "1"]);
        Assert.Equal((0, ""), (alone.Code, alone.Error));
        foreach (var ranks in new[] { 2, 3, 5 })
        {
            var spread = Spread(brink, ranks, [.. run, "--out", $"{ranks}"]);
            Assert.True(spread.Code == 0, spread.Error);
            Assert.Equal(Points(brink, "1"), Points(brink, $"{ranks}"));
        }
        var manifest = brink.Run("runs", "show", "3", "--json").Json;
        Assert.Equal(3, manifest.GetProperty("ranks").GetInt32());
        Assert.Contains("Open MPI", manifest.GetProperty("mpi").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fast_reduction_differs_by_rounding_and_more_processes_than_samples_are_idle()
    {
        SkipWithoutMpi();
        using var brink = new BrinkProgram();
        string[] run =
            ["run", "smoke", "--set", "data.samples=3", "--set", "descent.precision=float64", "--set", "tracking.steps=3", "--json"];
        var alone = brink.Run(Variables, [.. run, "--out", "1"]);
        var spread = Spread(brink, 4, [.. run, "--out", "4"]);
        Assert.True(spread.Code == 0, spread.Error);
        var (expected, actual) = (Values(brink, "1"), Values(brink, "4"));
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-7 * Math.Max(1, Math.Abs(pair.First))));
        Assert.Equal(alone.Code, spread.Code);
    }

    [Fact]
    public void A_process_that_dies_ends_the_others_and_the_run_resumes_on_another_number_with_the_same_bits()
    {
        SkipWithoutMpi();
        using var brink = new BrinkProgram();
        string[] run = ["run", "smoke", "--set", "tracking.steps=120", "--set", "reduction=fixed", "--checkpoint-every", "0"];
        Assert.Equal(0, brink.Run(Variables, [.. run, "--out", "whole"]).Code);
        using (var spread = Started(brink, 3, [.. run, "--out", "killed"]))
        {
            var deadline = Stopwatch.StartNew();
            var checkpoints = new DirectoryInfo(brink.Path("killed/checkpoints"));
            while (!checkpoints.Exists || checkpoints.GetFiles().Length == 0)
            {
                Assert.True(deadline.Elapsed < TimeSpan.FromMinutes(2), spread.Error);
                Thread.Sleep(50);
                checkpoints.Refresh();
            }
            var children = File.ReadAllText($"/proc/{spread.Id}/task/{spread.Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var ranks = children.Select(id => int.Parse(id, CultureInfo.InvariantCulture))
                .Where(id => File.ReadAllText($"/proc/{id}/environ").Contains("OMPI_COMM_WORLD_RANK=2\0", StringComparison.Ordinal));
            using var rank = Process.GetProcessById(Assert.Single(ranks));
            var killed = Stopwatch.StartNew();
            rank.Kill();
            Assert.NotEqual(0, spread.Ended().Code);
            Assert.True(killed.Elapsed < TimeSpan.FromSeconds(20), $"{killed.Elapsed}");
        }
        var resumed = Spread(brink, 2, "resume", "killed");
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Equal(Points(brink, "whole"), Points(brink, "killed"));
    }

    [Fact]
    public void What_cannot_be_spread_is_said_in_one_line()
    {
        SkipWithoutMpi();
        using var brink = new BrinkProgram();
        var other = Spread(brink, 2, "runs", "list");
        Assert.Contains("mpirun: only 'brink run' and 'brink resume' are spread over processes", other.Error, StringComparison.Ordinal);
        Assert.Equal(2, other.Code);
        var kind = Spread(brink, 2, "run", "steering/mlp", "--out", "steering");
        Assert.Contains("mpirun: a study of the kind 'steering' runs in one process", kind.Error, StringComparison.Ordinal);
        Assert.Equal(2, kind.Code);
        var wrong = Spread(brink, 2, "run", "smoke", "--set", "data.samples=-1");
        Assert.Contains("data.samples", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(2, wrong.Code);
    }

    [Fact]
    public void The_mpirun_of_MPICH_is_refused()
    {
        using var brink = new BrinkProgram();
        var refused = brink.Run([("PMI_SIZE", "2"), ("PMI_RANK", "0")], "run", "smoke");
        Assert.Contains("Brink needs Open MPI", refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(1, refused.Code);
    }

    // libtorch's own sums depend on the number of its threads.
    private static (string, string)[] Variables => [("OMP_NUM_THREADS", "1")];

    private static void SkipWithoutMpi()
    {
        var isThere = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun")));
        const string missing = "Open MPI is not installed: apt-get install openmpi-bin";
        if (Environment.GetEnvironmentVariable("BRINK_MPI_REQUIRED") is not null) Assert.True(isThere, missing);
        Assert.SkipUnless(isThere, missing);
    }

    private static Result Spread(BrinkProgram brink, int ranks, params string[] arguments)
    {
        using var process = Started(brink, ranks, arguments);
        process.CloseInput();
        return BrinkProgram.Ended(process);
    }

    private static ChildProcess Started(BrinkProgram brink, int ranks, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "mpirun", ["--oversubscribe", "--bind-to", "none", "-n", $"{ranks}", "dotnet", BrinkProgram.Program, .. arguments])
        {
            WorkingDirectory = brink.Path("."),
        };
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        // Tests may run as root in a container.
        foreach (var name in (string[])["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"]) start.Environment[name] = "1";
        // Where a container forbids it to read another process's memory, Open MPI copies through shared memory.
        start.Environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none";
        return new(start);
    }

    private static string Points(BrinkProgram brink, string run) => brink.Run("runs", "export", run, "--format", "csv").Output;

    private static double[] Values(BrinkProgram brink, string run) =>
    [
        .. Points(brink, run).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => double.Parse(line.Split(',')[^1], CultureInfo.InvariantCulture)),
    ];
}
