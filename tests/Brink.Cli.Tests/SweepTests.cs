namespace Brink.Cli.Tests;

/// <summary>Sweeps as a user runs them: small experiments in child processes.</summary>
public class SweepTests
{
    private const string Small = "preset: smoke\ntracking: { steps: 5, theory_every: 5 }\n";

    [Fact]
    public void A_sweep_computes_every_point_once_with_the_numbers_of_single_runs()
    {
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("rates.yaml"), Small + "axes:\n  learning_rate: [0.06, 50]\n  seed: [0, 2]\n");
        var sweep = brink.Run("sweep", "rates.yaml", "--json");
        // A point that diverges has a result.
        Assert.Equal((0, ""), (sweep.Code, sweep.Error));
        var points = sweep.Json.GetProperty("points");
        Assert.Equal([1, 2, 3, 4], points.EnumerateArray().Select(point => point.GetProperty("index").GetInt32()));
        Assert.Equal(["completed", "completed", "diverged", "diverged"], Statuses(sweep));
        Assert.Equal(0.06, points[0].GetProperty("values").GetProperty("learning_rate").GetDouble());
        Assert.Equal(2 / 0.06, points[0].GetProperty("results").GetProperty("threshold").GetDouble(), 1e-9);
        Assert.InRange(points[0].GetProperty("results").GetProperty("peak_memory_mb").GetDouble(), 50, 5000);

        // The last value of a series is that of the run; what runs at the same time does not change it.
        File.WriteAllText(brink.Path("alone.yaml"), Small + "seed: 2\n");
        Assert.Equal(0, brink.Run([("BRINK_THREADS", "1")], "run", "alone.yaml").Code);
        var alone = brink.Run("runs", "export", "alone").Output;
        Assert.Equal(alone, brink.Run("runs", "export", "rates/0002").Output);
        var sharpness = alone.Split('\n').Last(line => line.StartsWith("gd,sharpness,", StringComparison.Ordinal)).Split(',')[^1];
        Assert.Equal(sharpness, points[1].GetProperty("results").GetProperty("gd.sharpness").GetRawText());

        // Table and page are made from the runs, and every point links to its run.
        var table = File.ReadAllLines(brink.Path("runs/rates/table.csv"));
        Assert.StartsWith("point,learning_rate,seed,status,message,", table[0], StringComparison.Ordinal);
        Assert.Equal(
            ["1,0.06,0,completed,5 tracked steps", "2,0.06,2,completed,5 tracked steps"],
            table[1..3].Select(row => string.Join(',', row.Split(',')[..5])));
        var page = File.ReadAllText(sweep.Json.GetProperty("page").GetString()!);
        for (var i = 1; i <= 4; i++) Assert.Contains($"<a href=\"000{i}/page.html\">", page, StringComparison.Ordinal);
        Assert.True(File.Exists(brink.Path("runs/rates/0004/page.html")));

        // The same command continues, and nothing is left to compute.
        var started = Started(brink);
        var again = brink.Run("sweep", "rates.yaml", "--json");
        Assert.Equal((0, started), (again.Code, Started(brink)));
        Assert.Equal(0, brink.Run("sweep", "rates", "--index", "2").Code);
        Assert.Equal(started, Started(brink));
        Assert.Contains("2 completed, 2 diverged", brink.Run("sweep", "runs/rates", "--status").Output, StringComparison.Ordinal);

        // Another sweep does not take its place.
        File.WriteAllText(brink.Path("rates.yaml"), Small + "axes:\n  learning_rate: [0.06, 51]\n  seed: [0, 2]\n");
        var other = brink.Run("sweep", "rates.yaml");
        Assert.Equal(2, other.Code);
        Assert.Contains("contains another sweep, with 'learning_rate: [0.06, 50]'", other.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public void A_sweep_that_is_ended_continues_to_the_same_numbers(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals");
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("rates.yaml"), "preset: smoke\naxes:\n  learning_rate: [0.06, 0.07, 0.08]\n");
        using (var process = brink.Start([], "sweep", "rates.yaml", "--jobs", "2", "--checkpoint-every", "0"))
        {
            // In the middle of the first two points.
            process.Await(() => Directory.Exists(brink.Path("runs/rates/0002/checkpoints")));
            process.Send(signal);
            var ended = BrinkProgram.Ended(process);
            if (signal != "KILL")
            {
                Assert.Equal(1, ended.Code);
                Assert.Contains("compute the others with 'brink sweep rates'", ended.ErrorLine, StringComparison.Ordinal);
                var status = brink.Run("sweep", "rates", "--status", "--json");
                Assert.DoesNotContain("running", Statuses(status));
                Assert.Equal("waiting", Statuses(status)[2]);
            }
        }
        // The processes of a killed sweep finish their points, which are waited for.
        var sweep = brink.Run("sweep", "rates.yaml", "--json");
        Assert.Equal((0, ""), (sweep.Code, sweep.Error));
        Assert.Equal(["completed", "completed", "completed"], Statuses(sweep));
        Assert.Equal(0, brink.Run([("BRINK_THREADS", "1")], "run", "smoke", "--set", "learning_rate=0.07", "--out", "alone").Code);
        Assert.Equal(brink.Run("runs", "export", "alone").Output, brink.Run("runs", "export", "rates/0002").Output);
        Assert.Equal(0, brink.Run("runs", "verify", "rates/0001").Code);
    }

    [Fact]
    public void A_failed_point_is_reported_and_tried_again_on_request()
    {
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("starts.yaml"), Small + "axes:\n  model.parameters: [null, start.safetensors]\n");
        var sweep = brink.Run("sweep", "starts.yaml", "--json");
        Assert.Equal(1, sweep.Code);
        Assert.Equal(["completed", "failed"], Statuses(sweep));
        Assert.Contains("brink: point 2: failed: ", sweep.Error, StringComparison.Ordinal);
        Assert.Contains("start.safetensors", sweep.Error, StringComparison.Ordinal);
        Assert.Contains("1 failed: try them again with 'brink sweep starts --retry'", sweep.Error, StringComparison.Ordinal);

        // Without a request it stays failed, and nothing is computed.
        File.Copy(brink.Path("runs/starts/0001/parameters.safetensors"), brink.Path("start.safetensors"));
        Assert.Equal(["completed", "failed"], Statuses(brink.Run("sweep", "starts", "--json")));
        Assert.Contains("try it again with --retry", brink.Run("sweep", "starts", "--index", "2").ErrorLine, StringComparison.Ordinal);
        var retried = brink.Run("sweep", "starts", "--retry", "--json");
        Assert.Equal((0, ""), (retried.Code, retried.Error));
        Assert.Equal("completed", Statuses(retried)[1]);
    }

    [Fact]
    public void A_scheduler_computes_single_points()
    {
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("rates.yaml"), Small + "axes:\n  learning_rate: [0.06, 0.07]\n");
        var point = brink.Run("sweep", "rates.yaml", "--index", "2", "--out", "here", "--threads", "2", "--json");
        Assert.Equal((0, ""), (point.Code, point.Error));
        Assert.Equal(2 / 0.07, point.Json.GetProperty("threshold").GetDouble(), 1e-9);
        Assert.Equal(["waiting", "completed"], Statuses(brink.Run("sweep", "here", "--status", "--json")));
        Assert.Equal(2, brink.Run("runs", "show", "here/0002", "--json").Json.GetProperty("threads").GetInt32());
        // A process that was killed before its run began leaves a folder without an experiment.
        Directory.CreateDirectory(brink.Path("here/0001"));
        File.WriteAllText(brink.Path("here/0001/run.lock"), "");
        Assert.Equal(["completed", "completed"], Statuses(brink.Run("sweep", "here", "--json")));
    }

    [Theory]
    [InlineData("--index 5: the sweep has points 1 to 2", "sweep", "good.yaml", "--index", "5")]
    [InlineData("--jobs 0: it must be at least 1", "sweep", "good.yaml", "--jobs", "0")]
    [InlineData("--threads -1: it must be at least 1", "sweep", "good.yaml", "--threads", "-1")]
    [InlineData("wrong.yaml: the key 'axes' is missing", "sweep", "wrong.yaml")]
    [InlineData("nowhere.yaml", "sweep", "nowhere.yaml")]
    [InlineData("folder: not a sweep (no file sweep.yaml)", "sweep", "folder")]
    [InlineData("folder: exists already and is not overwritten", "sweep", "good.yaml", "--out", "folder")]
    public void Wrong_input_is_reported_in_one_line_with_exit_code_2(string message, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        File.WriteAllText(brink.Path("good.yaml"), Small + "axes: { learning_rate: [0.1, 0.2] }\n");
        File.WriteAllText(brink.Path("wrong.yaml"), Small);
        Directory.CreateDirectory(brink.Path("folder"));
        File.WriteAllText(brink.Path("folder/mine.txt"), "");
        var result = brink.Run(arguments);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (result.Code, result.Output));
    }

    private static string[] Statuses(Result result) =>
        [.. result.Json.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("status").GetString()!)];

    private static string Started(BrinkProgram brink) => string.Join(' ', Enumerable.Range(1, 4).Select(i =>
        brink.Run("runs", "show", $"rates/000{i}", "--json").Json.GetProperty("started").GetString()));
}
