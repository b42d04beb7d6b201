using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

/// <summary>The tracker from call to call: predicted paths, and guard vectors that are stale or not expanded.</summary>
public class FollowedEigenpairsTests
{
    [Fact]
    public void Vectors_that_rotate_with_the_parameters_are_predicted_on_an_oscillating_path()
    {
        // Two parameters turn the frame: one oscillates like an unstable direction, with a growing amplitude, and one drifts.
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-3, RefreshAfter: 8));
        var products = new List<int>();
        for (var t = 0; t < 40; t++)
        {
            using var inner = NewDisposeScope();
            var (swing, drift) = (0.03 * Math.Pow(1.02, t) * (t % 2 == 0 ? 1 : -1), 0.004 * t);
            var A = SymmetricOperator.Of(Matrices.WithSpectrum(Decaying(60), turn: swing + drift)) with
            {
                At = tensor(new[] { swing, drift }),
            };
            var pairs = tracker.Track(A);
            products.Add(pairs.Products);
            Assert.True(pairs.Converged);
            Assert.Equal(8, pairs.Values[0], 1e-4);
        }
        // One product to confirm the vector; and those of the guard vector and its expansion at every ninth call.
        Assert.InRange(products.Skip(6).Average(), 1, 1.6);

        // Without the points of the operators the tracker cannot predict.
        products.Clear();
        using var unplaced = new EigenpairTracker(tracker.Parameters);
        for (var t = 0; t < 40; t++)
        {
            using var inner = NewDisposeScope();
            var pairs = unplaced.Track(
                SymmetricOperator.Of(
                    Matrices.WithSpectrum(Decaying(60), turn: (0.03 * Math.Pow(1.02, t) * (t % 2 == 0 ? 1 : -1)) + (0.004 * t))));
            products.Add(pairs.Products);
        }
        Assert.InRange(products.Skip(6).Average(), 2, double.MaxValue);
    }

    [Fact]
    public void No_crossing_is_missed_while_guard_vectors_are_stale()
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-5, RefreshAfter: 8));
        var measured = 0;
        for (var t = 0; t <= 120; t++)
        {
            using var inner = NewDisposeScope();
            var spectrum = Decaying(60);
            // Far apart at first; then the second rises, at an increasing rate, and crosses.
            (spectrum[0], spectrum[1]) = (12 + (0.002 * t), 7 + (0.0006 * t * t));
            var A = SymmetricOperator.Of(Matrices.WithSpectrum(spectrum, turn: 0.01 * t)) with { At = tensor(new[] { 0.01 * t }) };
            var pairs = tracker.Track(A);
            measured += tracker.State!.GuardAge == 0 ? 1 : 0;
            Assert.Equal(Math.Max(spectrum[0], spectrum[1]), pairs.Values[0], 1e-6);
        }
        Assert.InRange(measured, 10, 80);
    }

    [Fact]
    public void An_emerging_eigenvalue_is_found_before_it_crosses_while_guard_vectors_are_stale()
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-8, RefreshAfter: 8));
        for (var t = 0; t <= 60; t++)
        {
            using var inner = NewDisposeScope();
            var spectrum = Decaying(60);
            spectrum[59] = 0.2 * t;
            var A = SymmetricOperator.Of(diag(tensor(spectrum))) with { At = tensor(new[] { 0.1 * t }) };
            var pairs = tracker.Track(A);
            Assert.Equal(spectrum.Max(), pairs.Values[0], 1e-7);
        }
    }

    [Fact]
    public void Tracked_sharpness_equals_the_dense_one_at_every_step_through_crossings_at_the_edge()
    {
        using var scope = NewDisposeScope();
        var (objective, at) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        using var first = objective.ExpandAt(at);
        var (eta, crossings, products) = (0.0, 0, 0);
        using var tracker = new EigenpairTracker(new(1, 1e-3, RefreshAfter: 8));
        const int Steps = 300;
        for (var t = 0; t < Steps; t++)
        {
            using var inner = NewDisposeScope();
            using var expansion = objective.ExpandAt(at);
            var dense = linalg.eigvalsh(expansion.HessianTimes(eye(at.shape[0], dtype: at.dtype))).flip(0).data<double>().ToArray();
            if (t == 0) eta = 2 / (1.05 * dense[0]);
            var before = tracker.Last?.Vectors[0].clone();
            var pairs = tracker.Track(expansion.Hessian(at));
            if (before is not null && Math.Abs(before.dot(pairs.Vectors[0]).ToDouble()) < 0.5) crossings++;
            products += pairs.Products;
            Assert.True(pairs.Converged);
            Assert.Equal(dense[0], pairs.Values[0], 1e-4 * dense[0]);
            at = (at - (eta * expansion.Gradient)).MoveToOuterDisposeScope();
        }
        Assert.InRange(crossings, 1, Steps);
        // Four eigenvalues within a tenth of each other and a descent with large steps: a cold start takes over twenty products.
        Assert.InRange((double)products / Steps, 1, 15);
    }

    [Fact]
    public void A_restored_tracker_continues_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var parameters = new EigenpairParameters(2, 1e-6, RefreshAfter: 3);
        using var tracker = new EigenpairTracker(parameters);
        for (var t = 0; t < 12; t++)
        {
            using var inner = NewDisposeScope();
            var state = new Snapshot();
            tracker.Save(state);
            using var restored = EigenpairTracker.Restored(parameters, state);
            AssertSame(Turning(t), tracker, restored);
        }
    }

    [Fact]
    public void A_tracker_that_starts_from_another_gives_the_same_result_and_leaves_it_unchanged()
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(2, 1e-6, RefreshAfter: 3));
        using var alone = new EigenpairTracker(tracker.Parameters);
        for (var t = 0; t < 12; t++)
        {
            using var inner = NewDisposeScope();
            using (var branch = new EigenpairTracker(tracker.Parameters, tracker))
            {
                // The branch takes another path first, which must not affect the tracker that it started from.
                branch.Track(Turning(20 - t));
            }
            using var twin = new EigenpairTracker(tracker.Parameters, tracker);
            AssertSame(Turning(t), tracker, twin);
            alone.Track(Turning(t));
            Assert.Equal(tracker.Last!.Vectors.data<double>().ToArray(), alone.Last!.Vectors.data<double>().ToArray());
        }
    }

    [Fact]
    public void A_tracker_owns_its_pairs_until_the_next_call()
    {
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(new(2, 1e-6));
        Assert.Null(tracker.Last);
        var first = tracker.Track(Turning(0));
        Assert.Same(first, tracker.Last);
        using var branch = new EigenpairTracker(tracker.Parameters, tracker);
        var second = tracker.Track(Turning(1));
        Assert.True(first.Vectors.IsInvalid);
        Assert.False(second.Vectors.IsInvalid);
        tracker.Dispose();
        Assert.True(second.Vectors.IsInvalid);
        Assert.False(branch.Last!.Vectors.IsInvalid);
    }

    [Fact]
    public void After_an_exception_in_a_product_the_last_pairs_are_kept()
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(2, 1e-6));
        var pairs = tracker.Track(Turning(0));
        var broken = new SymmetricOperator(60, ScalarType.Float64, _ => throw new InvalidOperationException("no product"));
        Assert.Throws<InvalidOperationException>(() => tracker.Track(broken));
        Assert.Same(pairs, tracker.Last);
        Assert.False(pairs.Vectors.IsInvalid);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_path_leaks_no_tensor(bool branches)
    {
        using var scope = NewDisposeScope();
        var matrix = Matrices.WithSpectrum(Decaying(60));
        var places = Enumerable.Range(0, 8).Select(t => tensor(new[] { 0.1 * t, t % 2 })).ToArray();
        Live.AssertUnchanged(() =>
        {
            using var tracker = new EigenpairTracker(new(2, 1e-6, RefreshAfter: 2));
            foreach (var place in places)
            {
                using var branch = branches ? new EigenpairTracker(tracker.Parameters, tracker) : null;
                tracker.Track(SymmetricOperator.Of(matrix) with { At = place });
                branch?.Track(SymmetricOperator.Of(matrix) with { At = place });
            }
        });
    }

    [Theory]
    [InlineData(6, 2.1, 2.5)]
    [InlineData(9, 3, double.MaxValue)]
    public void A_guard_vector_far_below_is_refreshed_without_expansion_for_some_calls(double second, double least, double most)
    {
        using var scope = NewDisposeScope();
        using var tracker = new EigenpairTracker(new(1, 1e-6, GuardTolerance: 0.01));
        var products = new List<int>();
        for (var t = 0; t < 40; t++)
        {
            using var inner = NewDisposeScope();
            double[] spectrum = [10, second + (0.001 * t), .. Decaying(58).Select(value => value / 4)];
            var A = SymmetricOperator.Of(Matrices.WithSpectrum(spectrum, turn: 1e-4 * t)) with { At = tensor(new[] { 1e-4 * t }) };
            var pairs = tracker.Track(A);
            products.Add(pairs.Products);
            Assert.Equal(10, pairs.Values[0], 1e-9);
            Assert.Equal(spectrum[1], pairs.Values[1], 1e-3);   // the tolerance squared, of the largest
            Assert.InRange(tracker.State!.ExpansionAge, 0, second < 8 ? 8 : 0);
        }
        Assert.InRange(products.Skip(6).Average(), least, most);
    }

    private static void AssertSame(SymmetricOperator A, EigenpairTracker one, EigenpairTracker other)
    {
        var (pairs, twin) = (one.Track(A), other.Track(A));
        Assert.Equal(pairs.Values, twin.Values);
        Assert.Equal(pairs.Vectors.data<double>().ToArray(), twin.Vectors.data<double>().ToArray());
        Assert.Equal(pairs.Residuals, twin.Residuals);
        Assert.Equal(pairs.Products, twin.Products);
    }

    private static SymmetricOperator Turning(int t) =>
        SymmetricOperator.Of(Matrices.WithSpectrum(Decaying(60), turn: 0.02 * t)) with { At = tensor(new[] { 0.02 * t, 1.0 }) };

    private static double[] Decaying(int n) => [.. Enumerable.Range(0, n).Select(i => 8.0 / (i + 1))];
}
