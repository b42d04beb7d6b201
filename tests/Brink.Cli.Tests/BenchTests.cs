using System.Text.Json;

namespace Brink.Cli.Tests;

public class BenchTests
{
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
    public void A_benchmark_prints_its_rows_as_an_array_or_as_a_table()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run("bench", "process", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(JsonValueKind.Array, run.Json.ValueKind);
        Assert.InRange(run.Json[0].GetProperty("product_milliseconds").GetDouble(), 1e-3, 1e4);
        Assert.StartsWith("threads  gradient milliseconds  product milliseconds\n", brink.Run("bench", "process").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_load_ends_when_nobody_can_write_to_it_any_more()
    {
        using var brink = new BrinkProgram();
        using var load = brink.Start([], "bench", "busy", "--json");
        load.CloseInput();
        Assert.True(load.EndsWithin(TimeSpan.FromMinutes(1)));
        var ended = BrinkProgram.Ended(load);
        Assert.Equal(0, ended.Code);
        Assert.Equal(1, ended.Json.GetArrayLength());
    }

    [Fact]
    public void An_unknown_benchmark_is_wrong_input()
    {
        using var brink = new BrinkProgram();
        var run = brink.Run("bench", "derivative");
        Assert.Equal(2, run.Code);
        Assert.Contains("did you mean 'derivatives'?", run.ErrorLine, StringComparison.Ordinal);
    }
}
