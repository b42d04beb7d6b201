using Brink.Algebra;

namespace Brink.Tests.Algebra;

public class BackwardDifferencesTests
{
    private static BackwardDifferences Of(params double[] values) =>
        values.Aggregate(BackwardDifferences.None, (seen, value) => seen.With([value]));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_polynomial_is_extrapolated_exactly(int degree)
    {
        double At(int t) => Enumerable.Range(0, degree + 1).Sum(power => (power + 1) * Math.Pow(0.1 * t, power));
        var seen = Of([.. Enumerable.Range(0, degree + 2).Select(At)]);
        Assert.Equal(At(degree + 2), seen.Next()![0], 1e-10);
    }

    [Fact]
    public void One_value_is_extrapolated_as_a_constant_and_an_empty_sequence_gives_null()
    {
        Assert.Null(BackwardDifferences.None.Next());
        Assert.Equal([3, -1], BackwardDifferences.None.With([3, -1]).Next()!);
        Assert.Equal([2], BackwardDifferences.None.With([3, -1]).With([2]).Next()!);   // another length starts a new sequence
    }

    [Fact]
    public void Noise_is_not_amplified()
    {
        // Five terms in a row would make it 31 times as large.
        var random = new Random(1);
        var (seen, worst) = (BackwardDifferences.None, 0.0);
        for (var t = 0; t < 200; t++)
        {
            if (seen.Next() is { } next && t > 10) worst = Math.Max(worst, Math.Abs(next[0] - 1));
            seen = seen.With([1 + (1e-6 * ((2 * random.NextDouble()) - 1))]);
        }
        Assert.InRange(worst, 1e-7, 4e-6);
    }

    [Fact]
    public void A_jump_is_followed_from_the_next_prediction_on()
    {
        double[] values = [.. Enumerable.Range(0, 12).Select(t => (t < 6 ? 0 : 5) + (0.01 * t))];
        for (var seen = 7; seen < values.Length; seen++)
            Assert.Equal(values[seen], Of(values[..seen]).Next()![0], seen < 8 ? 5.1 : 0.1);
    }

    [Fact]
    public void Saved_differences_are_restored_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var seen = Of(1, 2, 4, 9);
        var snapshot = new Snapshot();
        seen.Save(snapshot);
        Assert.Equal(seen.Orders, BackwardDifferences.Restored(snapshot).Orders);
        Assert.Empty(BackwardDifferences.Restored(new Snapshot()).Orders);
    }
}
