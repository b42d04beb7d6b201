using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

public class SpectralGapTests
{
    private const int P = 60;

    [Fact]
    public void Guard_vectors_need_few_refreshes_while_two_eigenvalues_rise_together()
    {
        using var scope = NewDisposeScope();
        // The gap is 2 %, less than the increase of both per call.
        var calls = Followed(50, step => (100 + (3 * step), 98 + (3 * step)));
        Assert.InRange(calls.Skip(5).Count(call => call.GuardAge > 0), 35, 45);
        Assert.All(calls, call => Assert.Equal(call.Exact, call.Top, 1e-6 * call.Exact));
    }

    [Fact]
    public void A_guard_vector_is_refreshed_before_its_rising_eigenvalue_crosses()
    {
        using var scope = NewDisposeScope();
        // The second rises at a constant rate, and crosses in call 40.
        var calls = Followed(60, step => (100, 80 + (0.5 * step)));
        Assert.All(calls, call => Assert.Equal(call.Exact, call.Top, 1e-6 * call.Exact));
        // The first falls suddenly, while the second is not refreshed.
        calls = Followed(40, step => (step < 20 ? 100 : 60, 80));
        Assert.All(calls, call => Assert.Equal(call.Exact, call.Top, 1e-6 * call.Exact));
    }

    [Fact]
    public void Additional_wanted_pairs_are_found_whatever_gap_was_recorded()
    {
        using var scope = NewDisposeScope();
        var A = Operator(100, 90);
        var parameters = new EigenpairParameters(1, 1e-8, RefreshAfter: 8);
        using var tracker = new EigenpairTracker(parameters);
        tracker.Track(A);
        tracker.Parameters = parameters with { Pairs = 2 };
        Assert.Equal([100, 90], tracker.Track(A).Values.Take(2).Select(value => Math.Round(value, 6)));
        tracker.Parameters = parameters;
        Assert.Equal(100, tracker.Track(A).Values[0], 1e-6);
    }

    private static List<(double Exact, double Top, int GuardAge)> Followed(int count, Func<int, (double First, double Second)> values)
    {
        using var tracker = new EigenpairTracker(new(1, 1e-6, RefreshAfter: 8));
        var calls = new List<(double, double, int)>();
        for (var step = 0; step < count; step++)
        {
            var (first, second) = values(step);
            var pairs = tracker.Track(Operator(first, second));
            calls.Add((Math.Max(first, second), pairs.Values[0], tracker.State!.GuardAge));
        }
        return calls;
    }

    // Two values above a bulk between -1 and 10.
    private static SymmetricOperator Operator(double first, double second) =>
        SymmetricOperator.Of(diag(cat([tensor([first, second]), linspace(-1, 10, P - 2, dtype: ScalarType.Float64)])));
}
