using System.Text.Json;
using Brink.Tests;

namespace Brink.Cli.Tests;

public class BenchTests
{
    private static readonly string Bench = BrinkProgram.Program.Replace("Brink.Cli", "Brink.Bench", StringComparison.Ordinal);

    [Fact]
    public void Benchmarks_are_listed_with_the_seconds_they_take()
    {
        using var brink = new BrinkProgram();
        var list = brink.Run("bench", "--json");
        Assert.Equal((0, ""), (list.Code, list.Error));
        Assert.Contains("derivatives", list.Json.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.All(list.Json.EnumerateArray(), one => Assert.InRange(one.GetProperty("seconds").GetInt32(), 1, 3600));
        Assert.Matches("derivatives +[0-9]+ ", brink.Run("bench").Output);
        Assert.Contains("Example:\n  brink bench ", brink.Run("bench", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_listed_benchmarks_are_those_of_the_bench_program()
    {
        using var brink = new BrinkProgram();
        var listed = brink.Run("bench", "--json").Json.EnumerateArray().Select(one => one.GetProperty("name").GetString()!);
        Assert.Equal((0, string.Join('\n', listed) + "\n", ""), ChildProcess.Run("dotnet", Bench));
    }

    [Fact]
    public void A_benchmark_prints_its_rows_as_an_array_or_as_a_table()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run("bench", "process", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(JsonValueKind.Array, run.Json.ValueKind);
        Assert.InRange(run.Json[0].GetProperty("product_milliseconds").GetDouble(), 1e-3, 1e4);
        Assert.StartsWith(
            "threads  gradient milliseconds  product milliseconds\n", brink.Run("bench", "process").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_busy_benchmark_ends_when_its_input_is_closed()
    {
        using var brink = new BrinkProgram();
        using var load = brink.Start([], "bench", "busy", "--json");
        load.CloseInput();
        Assert.True(load.EndsWithin(TimeSpan.FromMinutes(1)));
        var ended = BrinkProgram.Ended(load);
        Assert.Equal(0, ended.Code);
        Assert.Equal(1, ended.Json.GetArrayLength());
    }

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    public void A_signal_ends_the_benchmark_and_then_the_command(string signal, int number)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "default dispositions of signals are set by env of the GNU coreutils");
        using var brink = new BrinkProgram();
        using var load = brink.Start([], "bench", "busy", "--json");
        string? bench = null;
        load.Await(() => (bench = ChildOf(load.Id)) is not null);
        load.Send(signal);
        var ended = BrinkProgram.Ended(load);
        Assert.Equal((128 + number, "", ""), (ended.Code, ended.Output, ended.Error));
        Assert.False(Directory.Exists($"/proc/{bench}"));
    }

    [Fact]
    public void An_unknown_benchmark_is_wrong_input()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run("bench", "derivative");
        Assert.Equal(2, run.Code);
        Assert.Contains("did you mean 'derivatives'?", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_bench_program_is_reported_by_its_line_and_exit_code()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run([("BRINK_THREADS", "many")], "bench", "process", "--json");
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("BRINK_THREADS is 'many'", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_a_checkout_benchmarks_are_listed_but_not_run()
    {
        using var brink = new BrinkProgram();
        Directory.CreateDirectory(brink.Path("installed"));
        var built = Directory.EnumerateFiles(Path.GetDirectoryName(BrinkProgram.Program)!)
            .Where(file => Path.GetExtension(file) is ".dll" or ".json");
        foreach (var file in built)
            File.Copy(file, brink.Path($"installed/{Path.GetFileName(file)}"));
        var program = brink.Path("installed/Brink.Cli.dll");
        var (code, output, error) = ChildProcess.Run("dotnet", program, "bench", "process");
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(
            "bench: the benchmarks are not installed with brink; run './brink bench NAME' in a checkout",
            new Result(code, output, error).ErrorLine,
            StringComparison.Ordinal);
        Assert.Equal(brink.Run("bench").Output, ChildProcess.Run("dotnet", program, "bench").Output);
    }

    /// <summary>The child of a process, which Linux lists with the thread that started it; null if there is none, or if a thread
    /// ended while the threads were read.</summary>
    private static string? ChildOf(int process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process}/task")
                .SelectMany(thread => File.ReadAllText(thread + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault();
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }
}
