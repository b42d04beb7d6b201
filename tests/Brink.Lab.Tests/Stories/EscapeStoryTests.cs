using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about a study of escapes from saddles, on both sides of its condition.</summary>
public class EscapeStoryTests
{
    [Theory]
    [InlineData("chain", "Each accuracy has its own problem", "is the same at each accuracy")]
    [InlineData(
        "phase",
        "The problem 'phase', which an overparameterized model fits exactly, is the same at each accuracy",
        "Each accuracy has its own problem")]
    public void The_problem_depends_on_the_accuracy_or_not(string problem, string stated, string other)
    {
        var story = Of(problem, Row());
        Assert.Contains(
            "ends at a point that is certified to be an ε-local minimizer, or at its largest number of steps.",
            story, StringComparison.Ordinal);
        Assert.Contains(stated, story, StringComparison.Ordinal);
        Assert.DoesNotContain(other, story, StringComparison.Ordinal);
    }

    [Fact]
    public void Growth_is_stated_where_there_is_a_slope()
    {
        Assert.Contains(
            "psgd, strong-growth: the number of oracle calls grows as (1/ε)^2.1 (95 % interval of the exponent:"
                + " 2 to 2.2); the exponent of the theory is 2.",
            Of("chain", Row()), StringComparison.Ordinal);
        Assert.Contains(
            "the number of oracle calls grows as dimension^2.1.",
            Of("chain", Row() with { Against = "dimension", Low = null, High = null, Theory = null }),
            StringComparison.Ordinal);
        Assert.DoesNotContain("grows", Of("chain", Row() with { Slope = null, Low = null, High = null }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "sgd", "strong-growth", 0,
        "none of 6 runs reached a certified point within its steps; at a saddle the noise is zero, as is the gradient.")]
    [InlineData("sgd", "bounded-variance", 0, "none of 6 runs reached a certified point within its steps.")]
    [InlineData("psgd", "strong-growth", 4, "4 of 6 runs reached a certified point.")]
    [InlineData("psgd", "strong-growth", 6, null)]
    public void Runs_without_a_certificate_are_counted(string method, string condition, int certified, string? sentence)
    {
        var story = Of("chain", Row() with { Method = method, Condition = condition, Certified = certified });
        Assert.Equal(sentence is not null, story.Contains("reached a certified point", StringComparison.Ordinal));
        if (sentence is not null) Assert.Contains($"{method}, {condition}: {sentence}", story, StringComparison.Ordinal);
    }

    private static string Of(string problem, params EscapeRow[] rows) => WrittenStory.Of(EscapeSchema.Kind, run =>
    {
        run.Set(EscapeSchema.Problem, problem);
        run.Set(EscapeSchema.Results, rows);
    });

    private static EscapeRow Row() => new("psgd", "strong-growth", "1/eps", 2.1, 2, 2.2, 2, 6, 6);
}
