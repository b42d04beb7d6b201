namespace Brink.Cli.Tests;

public class LandscapeTests
{
    [Fact]
    public void The_minimalist_example_ends_just_below_the_edge_and_writes_a_page_with_figures()
    {
        using var brink = new BrinkProgram();
        var json = brink.Run("landscape", "minimalist", "--eta", "0.05", "--json").Json;
        Assert.True(json.GetProperty("converged").GetBoolean());
        Assert.Equal(40, json.GetProperty("threshold").GetDouble());
        Assert.Equal(40 - (0.490 * 0.05), json.GetProperty("final_sharpness").GetDouble(), 1e-4);
        Assert.InRange(json.GetProperty("steps").GetInt64(), 1000, 100_000);
        Assert.Equal(0.5, json.GetProperty("law_coefficient").GetDouble(), 1e-3);
        var page = File.ReadAllText(json.GetProperty("page").GetString()!);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        foreach (var figure in new[] { "bifurcation", "convergence", "law", "network" })
        {
            foreach (var kind in new[] { "svg", "png" })
            {
                var file = brink.Path($"{figure}.{kind}");
                Assert.Equal(0, brink.Run("figure", json.GetProperty("run").GetString()!, figure, "--out", file).Code);
                Assert.True(new FileInfo(file).Length > 2000);
            }
        }
        brink.AssertShown(json.GetProperty("run").GetString()!, "thresholds", "final sharpness");
        var exported = brink.Run("runs", "export", json.GetProperty("run").GetString()!, "--format", "json").Json;
        Assert.Equal(4, exported.GetProperty("rasters").GetArrayLength());
    }

    [Fact]
    public void The_bifurcation_diagram_finds_its_thresholds()
    {
        using var brink = new BrinkProgram();
        var json = brink.Run("landscape", "minimalist", "--bifurcation", "--from", "1.1", "--to", "1.5", "--json").Json;
        var thresholds = json.GetProperty("thresholds").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        double[] expected = [1, Math.Sqrt(5) - 1, 1.302, 1.598, 2];
        Assert.All(expected.Zip(thresholds), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.Equal(5, thresholds.Length);
    }

    [Fact]
    public void Descent_runs_from_a_given_start_and_on_other_landscapes()
    {
        using var brink = new BrinkProgram();
        var json = brink.Run("landscape", "strict-saddle", "--start", "0.5,-1e-3", "--json").Json;
        Assert.True(json.GetProperty("converged").GetBoolean());
        Assert.Equal(-1, json.GetProperty("final_point")[1].GetDouble(), 1e-8);
        Assert.Equal(2, json.GetProperty("final_sharpness").GetDouble(), 1e-8);
        Assert.Contains("period", brink.Run("figure", json.GetProperty("run").GetString()!, "period").ErrorLine, StringComparison.Ordinal);
        Assert.Equal(0, brink.Run("landscape", "self-stabilization", "--steps", "500").Code);
    }

    [Theory]
    [InlineData("below 0.5", "minimalist", "--eta", "0.5")]
    [InlineData("above 0", "minimalist", "--eta", "-1")]
    [InlineData("critical point", "minimalist", "--start", "2,0.5")]
    [InlineData("minimalist needs 2 numbers", "minimalist", "--start", "1,2,3")]
    [InlineData("not a number", "minimalist", "--start", "1;2")]
    [InlineData("empty range", "minimalist", "--bifurcation", "--from", "1.5", "--to", "1.5")]
    [InlineData("at least k eta", "minimalist", "--bifurcation", "--from", "0.1")]
    [InlineData("no bifurcation diagram", "rosenbrock", "--bifurcation")]
    [InlineData("require --bifurcation", "minimalist", "--from", "1")]
    [InlineData("no such landscape", "minimalists")]
    [InlineData("at least 1", "minimalist", "--steps", "0")]
    public void Wrong_input_is_reported_in_one_line_and_makes_no_folder(string expected, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        var result = brink.Run(["landscape", .. arguments]);
        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(brink.Path("runs")));
    }
}
