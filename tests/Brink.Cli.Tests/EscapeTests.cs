namespace Brink.Cli.Tests;

/// <summary><c>brink escape</c>: its JSON, its run, and the input that it rejects.</summary>
public class EscapeTests
{
    [Fact]
    public void Escape_prints_one_object_per_method_and_writes_a_run_with_figures()
    {
        using var brink = new BrinkProgram();
        var json = brink.Run("escape", "--problem", "phase", "--epsilons", "0.1,0.05", "--seeds", "2", "--seed", "3", "--json").Json;
        var methods = json.EnumerateArray().ToDictionary(row => row.GetProperty("method").GetString()!);
        Assert.Equal(["cubic-newton", "psgd", "psgd-rest", "scrn", "sgd"], methods.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((2.0, 2.5), (methods["psgd"].GetProperty("theory").GetDouble(), methods["scrn"].GetProperty("theory").GetDouble()));
        Assert.All(methods.Values, row =>
        {
            Assert.Equal(2, row.GetProperty("confidence").GetArrayLength());
            Assert.EndsWith("escape-phase", row.GetProperty("run").GetString(), StringComparison.Ordinal);
            Assert.Contains(row.GetProperty("condition").GetString(), new[] { "strong-growth", "noiseless" });
        });
        Assert.True(double.IsFinite(methods["psgd"].GetProperty("slope").GetDouble()));
        Assert.True(File.Exists(brink.Path("runs/escape-phase/page.html")));
        brink.AssertShown("escape-phase", "[methods]\nmethod", "escape problem ");
        Assert.Contains(
            "at a saddle the noise is zero, as is the gradient",
            brink.Run("runs", "show", "escape-phase").Output,
            StringComparison.Ordinal);
        foreach (var figure in new[] { "escape_calls", "escape_descent", "escape_path", "escape_growth" })
            Assert.Equal(0, brink.Run("figure", "escape-phase", figure).Code);
    }

    [Theory]
    [InlineData("--epsilons", "0.1,many", "--epsilons: 'many' is not a number")]
    [InlineData("--problem", "fase", "problem: 'fase' is unknown; did you mean 'phase'?")]
    [InlineData("--seeds", "0", "seeds: 0; it must be between 1 and 1000")]
    public void Wrong_input_is_reported_in_one_line(string option, string value, string message)
    {
        using var brink = new BrinkProgram();
        var wrong = brink.Run("escape", option, value);
        Assert.Equal((2, ""), (wrong.Code, wrong.Output));
        Assert.StartsWith("brink: " + message, wrong.Error, StringComparison.Ordinal);
        Assert.Single(wrong.Error.TrimEnd().Split('\n'));
    }
}
