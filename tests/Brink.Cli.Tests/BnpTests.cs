using System.Text.Json;

namespace Brink.Cli.Tests;

public sealed class BnpTests
{
    [Fact]
    public void Bnp_prints_an_array_of_variants_and_batch_sizes()
    {
        using var brink = new BrinkProgram();
        var answered = brink.Run("bnp", "--samples", "40", "--steps", "3", "--batches", "4,1", "--json", "--out", "study");
        Assert.Equal(0, answered.Code);
        using var document = JsonDocument.Parse(answered.Output);
        var results = document.RootElement.EnumerateArray().ToArray();
        Assert.Equal(8, results.Length);
        Assert.Equal(["vanilla", "batch-norm", "group-norm", "bnp"], results.Take(4).Select(one => one.GetProperty("variant").GetString()));
        Assert.All(results, one =>
        {
            Assert.Equal(JsonValueKind.Number, one.GetProperty("accuracy").ValueKind);
            Assert.True(one.TryGetProperty("final_loss", out _));
            Assert.True(File.Exists(Path.Combine(one.GetProperty("run").GetString()!, "page.html")));
            var explained = one.GetProperty("condition_number").ValueKind == JsonValueKind.Null;
            Assert.Equal(explained, one.GetProperty("reason").ValueKind == JsonValueKind.String);
        });
        Assert.Equal([4, 4, 4, 4, 1, 1, 1, 1], results.Select(one => one.GetProperty("batch").GetInt32()));
        brink.AssertShown("study", "[trainings]\nbatch", "batches:", "[experiment]\nstudy: bnp");
        Assert.Equal(0, brink.Run("figure", "study", "bnp_density_4", "--out", "density.svg").Code);
    }

    [Theory]
    [InlineData("batches: 0", "--batches", "8,0")]
    [InlineData("'x' is not a whole number", "--batches", "8,x")]
    [InlineData("steps: 0", "--steps", "0")]
    [InlineData("data.path: null; cifar10 is not in the data folder", "--data", "cifar10")]
    [InlineData("no such option of 'brink bnp'; did you mean '--batches'?", "--batchs", "8")]
    [InlineData("6000 samples were requested; the set has 5000", "--samples", "6000")]
    public void Wrong_input_is_reported_in_one_line(string expected, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        var refused = brink.Run(["bnp", .. arguments]);
        Assert.Contains(expected, refused.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (refused.Code, refused.Output));
    }
}
