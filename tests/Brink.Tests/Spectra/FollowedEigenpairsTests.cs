using Brink.Algebra;
using Brink.Objectives;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

/// <summary>The tracker from call to call: paths that it foresees, companions that rest or stand.</summary>
public class FollowedEigenpairsTests
{
    [Fact]
    public void Vectors_that_turn_with_the_parameters_are_foreseen_on_a_swinging_path()
    {
        // Two parameters turn the frame: one swings as an unstable direction does, with a growing amplitude, one drifts.
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(1, 1e-3, Rests: 8);
        var products = new List<int>();
        Eigenpairs? pairs = null;
        for (var t = 0; t < 40; t++)
        {
            using var inner = NewDisposeScope();
            var (swing, drift) = (0.03 * Math.Pow(1.02, t) * (t % 2 == 0 ? 1 : -1), 0.004 * t);
            var A = SymmetricOperator.Of(Matrices.WithSpectrum(Decaying(60), turn: swing + drift)) with { At = tensor(new[] { swing, drift }) };
            var next = tracker.Track(A, pairs);
            pairs?.Dispose();
            pairs = next;
            products.Add(pairs.Products);
            Assert.True(pairs.Converged);
            Assert.Equal(8, pairs.Values[0], 1e-4);
        }
        pairs!.Dispose();
        // One to confirm the vector; and the companion's product with its steps, every ninth call.
        Assert.InRange(products.Skip(6).Average(), 1, 1.6);

        // Without being told where the operators stand it cannot know.
        products.Clear();
        pairs = null;
        for (var t = 0; t < 40; t++)
        {
            using var inner = NewDisposeScope();
            var next = tracker.Track(
                SymmetricOperator.Of(Matrices.WithSpectrum(Decaying(60), turn: (0.03 * Math.Pow(1.02, t) * (t % 2 == 0 ? 1 : -1)) + (0.004 * t))), pairs);
            pairs?.Dispose();
            pairs = next;
            products.Add(pairs.Products);
        }
        pairs!.Dispose();
        Assert.InRange(products.Skip(6).Average(), 2, double.MaxValue);
    }

    [Fact]
    public void No_crossing_passes_unseen_while_companions_rest()
    {
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(1, 1e-5, Rests: 8);
        Eigenpairs? pairs = null;
        var measured = 0;
        for (var t = 0; t <= 120; t++)
        {
            using var inner = NewDisposeScope();
            var spectrum = Decaying(60);
            // Far apart at first; then the second comes, the faster the later, and passes.
            (spectrum[0], spectrum[1]) = (12 + (0.002 * t), 7 + (0.0006 * t * t));
            var A = SymmetricOperator.Of(Matrices.WithSpectrum(spectrum, turn: 0.01 * t)) with { At = tensor(new[] { 0.01 * t }) };
            var next = tracker.Track(A, pairs);
            pairs?.Dispose();
            pairs = next;
            measured += pairs.Rested == 0 ? 1 : 0;
            Assert.Equal(Math.Max(spectrum[0], spectrum[1]), pairs.Values[0], 1e-6);
        }
        pairs!.Dispose();
        Assert.InRange(measured, 10, 80);
    }

    [Fact]
    public void A_challenger_is_found_before_it_crosses_while_companions_rest()
    {
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(1, 1e-8, Rests: 8);
        Eigenpairs? pairs = null;
        for (var t = 0; t <= 60; t++)
        {
            using var inner = NewDisposeScope();
            var spectrum = Decaying(60);
            spectrum[59] = 0.2 * t;
            var A = SymmetricOperator.Of(diag(tensor(spectrum))) with { At = tensor(new[] { 0.1 * t }) };
            var next = tracker.Track(A, pairs);
            pairs?.Dispose();
            pairs = next;
            Assert.Equal(spectrum.Max(), pairs.Values[0], 1e-7);
        }
        pairs!.Dispose();
    }

    [Fact]
    public void Tracked_sharpness_is_the_dense_one_at_every_step_through_crossings_at_the_edge()
    {
        using var scope = NewDisposeScope();
        var (objective, at) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        using var first = objective.ExpandAt(at);
        var (eta, crossings, products) = (0.0, 0, 0);
        var tracker = new EigenpairTracker(1, 1e-3, Rests: 8);
        Eigenpairs? pairs = null;
        const int Steps = 300;
        for (var t = 0; t < Steps; t++)
        {
            using var inner = NewDisposeScope();
            using var expansion = objective.ExpandAt(at);
            var dense = linalg.eigvalsh(expansion.HessianTimes(eye(at.shape[0], dtype: at.dtype))).flip(0).data<double>().ToArray();
            if (t == 0) eta = 2 / (1.05 * dense[0]);
            var next = tracker.Track(expansion.Hessian(at), pairs);
            if (pairs is not null && Math.Abs(pairs.Vectors[0].dot(next.Vectors[0]).ToDouble()) < 0.5) crossings++;
            pairs?.Dispose();
            pairs = next;
            products += pairs.Products;
            Assert.True(pairs.Converged);
            Assert.Equal(dense[0], pairs.Values[0], 1e-4 * dense[0]);
            at = (at - (eta * expansion.Gradient)).MoveToOuterDisposeScope();
        }
        pairs!.Dispose();
        Assert.InRange(crossings, 1, Steps);
        // Four eigenvalues within a tenth of each other and a descent that leaps: from nothing a step takes over twenty.
        Assert.InRange((double)products / Steps, 1, 15);
    }

    [Fact]
    public void A_path_is_saved_and_goes_on_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(2, 1e-6, Rests: 3);
        Eigenpairs? pairs = null, restored = null;
        for (var t = 0; t < 12; t++)
        {
            using var inner = NewDisposeScope();
            var A = SymmetricOperator.Of(Matrices.WithSpectrum(Decaying(60), turn: 0.02 * t)) with { At = tensor(new[] { 0.02 * t, 1.0 }) };
            var next = tracker.Track(A, pairs);
            if (restored is not null)
            {
                using var twin = tracker.Track(A, restored);
                Assert.Equal(next.Vectors.data<double>().ToArray(), twin.Vectors.data<double>().ToArray());
                Assert.Equal(next.Products, twin.Products);
                restored.Dispose();
            }
            var state = new Snapshot();
            next.Save(state);
            restored = Eigenpairs.Restored(state);
            pairs?.Dispose();
            pairs = next;
        }
        pairs!.Dispose();
        restored!.Dispose();
    }

    [Fact]
    public void Nothing_of_a_path_stays_in_memory()
    {
        using var scope = NewDisposeScope();
        var (matrix, tracker) = (Matrices.WithSpectrum(Decaying(60)), new EigenpairTracker(2, 1e-6, Rests: 2));
        var places = Enumerable.Range(0, 8).Select(t => tensor(new[] { 0.1 * t, t % 2 })).ToArray();
        Live.AssertUnchanged(() =>
        {
            Eigenpairs? pairs = null;
            foreach (var place in places)
            {
                var next = tracker.Track(SymmetricOperator.Of(matrix) with { At = place }, pairs);
                pairs?.Dispose();
                pairs = next;
            }
            pairs!.Dispose();
        });
    }

    [Theory]
    [InlineData(6, 2.1, 2.5)]
    [InlineData(9, 3, double.MaxValue)]
    public void A_companion_far_below_is_measured_without_a_step_for_some_calls(double second, double least, double most)
    {
        using var scope = NewDisposeScope();
        var tracker = new EigenpairTracker(1, 1e-6, CompanionTolerance: 0.01);
        var products = new List<int>();
        Eigenpairs? pairs = null;
        for (var t = 0; t < 40; t++)
        {
            using var inner = NewDisposeScope();
            double[] spectrum = [10, second + (0.001 * t), .. Decaying(58).Select(value => value / 4)];
            var A = SymmetricOperator.Of(Matrices.WithSpectrum(spectrum, turn: 1e-4 * t)) with { At = tensor(new[] { 1e-4 * t }) };
            var next = tracker.Track(A, pairs);
            pairs?.Dispose();
            pairs = next;
            products.Add(pairs.Products);
            Assert.Equal(10, pairs.Values[0], 1e-9);
            Assert.Equal(spectrum[1], pairs.Values[1], 1e-3);   // the tolerance squared, of the largest
            Assert.InRange(pairs.Stood, 0, second < 8 ? 8 : 0);
        }
        pairs!.Dispose();
        Assert.InRange(products.Skip(6).Average(), least, most);
    }

    private static double[] Decaying(int n) => [.. Enumerable.Range(0, n).Select(i => 8.0 / (i + 1))];
}
