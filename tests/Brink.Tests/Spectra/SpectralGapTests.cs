using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

public class SpectralGapTests
{
    private const int P = 60;

    [Fact]
    public void Companions_rest_where_two_values_rise_side_by_side()
    {
        using var scope = NewDisposeScope();
        // The gap is 2 % and less than what both rise by, a call.
        var calls = Followed(50, step => (100 + (3 * step), 98 + (3 * step)));
        Assert.InRange(calls.Skip(5).Count(call => call.Rested > 0), 35, 45);
        Assert.All(calls, call => Assert.Equal(call.Exact, call.Top, 1e-6 * call.Exact));
    }

    [Fact]
    public void A_companion_that_catches_up_is_measured_before_it_passes()
    {
        using var scope = NewDisposeScope();
        // The second drifts up, evenly, and passes in call 40.
        var calls = Followed(60, step => (100, 80 + (0.5 * step)));
        Assert.All(calls, call => Assert.Equal(call.Exact, call.Top, 1e-6 * call.Exact));
        // And where the first falls of a sudden, beside a second that rests.
        calls = Followed(40, step => (step < 20 ? 100 : 60, 80));
        Assert.All(calls, call => Assert.Equal(call.Exact, call.Top, 1e-6 * call.Exact));
    }

    [Fact]
    public void More_wanted_pairs_than_before_are_found_whatever_was_known_of_the_gap()
    {
        using var scope = NewDisposeScope();
        var A = Operator(100, 90);
        var tracker = new EigenpairTracker(1, 1e-8, Rests: 8);
        using var one = tracker.Track(A);
        using var two = (tracker with { Pairs = 2 }).Track(A, one);
        using var again = tracker.Track(A, two);
        Assert.Equal([100, 90], two.Values.Take(2).Select(value => Math.Round(value, 6)));
        Assert.Equal(100, again.Values[0], 1e-6);
    }

    private static List<(double Exact, double Top, int Rested)> Followed(int count, Func<int, (double First, double Second)> values)
    {
        var tracker = new EigenpairTracker(1, 1e-6, Rests: 8);
        var calls = new List<(double, double, int)>();
        Eigenpairs? pairs = null;
        for (var step = 0; step < count; step++)
        {
            var (first, second) = values(step);
            var next = tracker.Track(Operator(first, second), pairs);
            pairs?.Dispose();
            pairs = next;
            calls.Add((Math.Max(first, second), pairs.Values[0], pairs.Rested));
        }
        pairs?.Dispose();
        return calls;
    }

    // Two values above a bulk between -1 and 10.
    private static SymmetricOperator Operator(double first, double second) =>
        SymmetricOperator.Of(diag(cat([tensor([first, second]), linspace(-1, 10, P - 2, dtype: ScalarType.Float64)])));
}
