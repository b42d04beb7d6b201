using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about a study of BNP, on both sides of its condition.</summary>
public class BnpStoryTests
{
    [Fact]
    public void The_lowest_loss_is_that_of_the_results()
    {
        var story = Of(
            Result("vanilla", 8, 0.5, 0.7), Result("bnp", 8, 0.4, 0.6),
            Result("batch-norm", 8, 0.4, 0.8), Result("group-norm", 8, null, 0.1));
        Assert.Contains(
            "At batch size 8 bnp and batch-norm had the lowest training loss, 0.4;"
                + " test accuracy: vanilla 70.0 %, bnp 60.0 %, batch-norm 80.0 %.",
            story, StringComparison.Ordinal);
        Assert.Contains("At batch size 8 these trainings have no finite final loss: group-norm.", story, StringComparison.Ordinal);
    }

    [Fact]
    public void One_training_is_not_compared()
    {
        var story = Of(Result("vanilla", 8, 0.5, 0.7));
        Assert.Contains(
            "At batch size 8 vanilla ended with a training loss of 0.5; test accuracy: vanilla 70.0 %.", story, StringComparison.Ordinal);
        Assert.DoesNotContain("finite", story, StringComparison.Ordinal);
        Assert.Equal("At batch size 8 these trainings have no finite final loss: vanilla.", Of(Result("vanilla", 8, null, 0.1)));
    }

    [Theory]
    [InlineData(
        100d, 20d,
        "Preconditioning reduced the ratio of the largest to the mean magnitude of the Hessian's eigenvalues from 100 to 20.")]
    [InlineData(
        20d, 100d,
        "Preconditioning increased the ratio of the largest to the mean magnitude of the Hessian's eigenvalues from 20 to 100.")]
    [InlineData(
        20d, 20d,
        "Preconditioning did not change the ratio of the largest to the mean magnitude of the Hessian's eigenvalues, 20.")]
    [InlineData(20d, null, null)]
    public void Preconditioning_reduced_the_spread_where_it_did(double before, double? after, string? sentence)
    {
        var story = Of(Result("bnp", 8, 0.4, 0.6) with { PlainSpread = before, Spread = after });
        Assert.Equal(sentence is not null, story.Contains("Preconditioning", StringComparison.Ordinal));
        if (sentence is not null) Assert.Contains(sentence, story, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_condition_number_has_its_reason()
    {
        Assert.Contains(
            "bnp at batch size 8 has no condition number: why.",
            Of(Result("bnp", 8, 0.4, 0.6) with { Reason = "why" }),
            StringComparison.Ordinal);
        Assert.DoesNotContain("no condition number", Of(Result("bnp", 8, 0.4, 0.6)), StringComparison.Ordinal);
    }

    private static string Of(params BnpResult[] results) => WrittenStory.Of(BnpSchema.Kind, run => run.Set(BnpSchema.Results, results));

    private static BnpResult Result(string variant, int batch, double? loss, double accuracy) =>
        new(variant, batch, 0.1, 10, 1, loss, accuracy, null, null, null, null, null);
}
