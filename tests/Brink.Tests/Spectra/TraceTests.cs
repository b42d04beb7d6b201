using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Tests.Spectra;

public class TraceTests
{
    private const int Dimension = 60;

    private static readonly Dictionary<string, Func<SymmetricOperator, int, long, TraceEstimate>> Methods = new(StringComparer.Ordinal)
    {
        ["Hutchinson"] = (A, products, seed) => new Hutchinson(products, seed).Trace(A),
        ["Hutch++"] = (A, products, seed) => new HutchPlusPlus(products, seed).Trace(A),
        ["XTrace"] = (A, products, seed) => new XTrace(products, seed).Trace(A),
    };

    public static TheoryData<string> Names => [.. Methods.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_estimate_is_unbiased_and_its_standard_error_is_right(string name)
    {
        using var scope = NewDisposeScope();
        // Slow decay and both signs: no part of the estimate is exact.
        double[] spectrum = [.. Enumerable.Range(0, Dimension).Select(i => (i % 3 == 0 ? -1 : 1) * Math.Pow(0.95, i))];
        var A = SymmetricOperator.Of(Matrices.WithSpectrum(spectrum));
        const int seeds = 400;
        var estimates = Enumerable.Range(0, seeds).Select(seed => Methods[name](A, 24, seed)).ToArray();
        var mean = estimates.Average(estimate => estimate.Value);
        var variance = estimates.Average(estimate => Math.Pow(estimate.Value - mean, 2));
        Assert.InRange(Math.Abs(mean - spectrum.Sum()), 0, 4 * Math.Sqrt(variance / seeds));
        var said = estimates.Average(estimate => Math.Pow(estimate.StandardError, 2));
        // The estimates of XTrace share their vectors, so its standard error is approximate: 17 % too small here.
        Assert.InRange(said / variance, 0.6, 1.5);
        Assert.All(estimates, estimate => Assert.Equal(24, estimate.Products));
    }

    [Fact]
    public void Estimates_that_sketch_the_range_are_exact_for_low_rank()
    {
        using var scope = NewDisposeScope();
        var A = SymmetricOperator.Of(Matrices.WithSpectrum([9, 4, 1, -2, .. new double[Dimension]]));
        var hutch = new HutchPlusPlus(12).Trace(A);       // rank 4 = 12 / 3
        Assert.Equal(12, hutch.Value, 1e-10);
        Assert.InRange(hutch.StandardError, 0, 1e-10);
        foreach (var products in new[] { 10, 20 })        // rank below 10 / 2
        {
            var x = new XTrace(products).Trace(A);
            Assert.Equal(12, x.Value, 1e-10);
            Assert.InRange(x.StandardError, 0, 1e-10);
        }
        Assert.NotEqual(12, new Hutchinson(12).Trace(A).Value, 1e-3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void XTrace_is_the_mean_of_its_leave_one_out_estimates(long seed)
    {
        // By the definition, dense: one basis for each omitted vector.
        using var scope = NewDisposeScope();
        const int k = 6;
        var matrix = Matrices.WithSpectrum([.. Enumerable.Range(0, Dimension).Select(i => Math.Pow(0.8, i) - 0.1)]);
        var W = RandomRows.Draw(SymmetricOperator.Of(matrix), k, seed, 0, ProbeDistribution.Gaussian);
        var estimates = new double[k];
        for (var i = 0; i < k; i++)
        {
            var others = cat([W.narrow(0, 0, i), W.narrow(0, i + 1, k - 1 - i)]);
            var (Q, _) = linalg.qr(matrix.mm(others.t()));   // [p,k-1]
            var r = W[i] - Q.mv(Q.t().mv(W[i]));
            var factor = (Dimension - k + 1) / r.dot(r).ToDouble();
            estimates[i] = Q.t().mm(matrix).mm(Q).trace().ToDouble() + (factor * r.dot(matrix.mv(r)).ToDouble());
        }
        var mean = estimates.Average();
        var error = Math.Sqrt(estimates.Sum(x => (x - mean) * (x - mean)) / (k * (k - 1)));
        var estimate = new XTrace(2 * k, seed).Trace(SymmetricOperator.Of(matrix));
        Assert.Equal(mean, estimate.Value, 1e-11);
        Assert.Equal(error, estimate.StandardError, 1e-11);
    }

    [Fact]
    public void For_decaying_eigenvalues_the_sketches_are_far_more_accurate_than_Hutchinson()
    {
        using var scope = NewDisposeScope();
        double[] spectrum = [.. Enumerable.Range(1, 200).Select(i => Math.Pow(i, -2))];
        var A = SymmetricOperator.Of(Matrices.WithSpectrum(spectrum));
        double Error(string name) => Math.Sqrt(Enumerable.Range(0, 20)
            .Average(seed => Math.Pow(Methods[name](A, 48, seed).Value - spectrum.Sum(), 2)));
        Assert.InRange(Error("Hutch++"), 0, Error("Hutchinson") / 10);
        Assert.InRange(Error("XTrace"), 0, Error("Hutch++"));
    }

    [Theory, MemberData(nameof(Names))]
    public void Small_zero_and_non_finite_operators_are_handled(string name)
    {
        using var scope = NewDisposeScope();
        var trace = Methods[name];
        Assert.Equal(-3, trace(SymmetricOperator.Of(tensor(new[,] { { -3.0 } })), 6, 0).Value, 1e-14);
        Assert.Equal(0, trace(SymmetricOperator.Of(zeros(50, 50, dtype: ScalarType.Float64)), 12, 0).Value);
        var broken = trace(new(50, ScalarType.Float64, rows => rows * double.NaN), 12, 0);
        Assert.True(double.IsNaN(broken.Value) && double.IsNaN(broken.StandardError));
        var single = Matrices.WithSpectrum([9, 4, 1, -2, .. new double[Dimension]]).to(ScalarType.Float32);
        var estimate = trace(SymmetricOperator.Of(single), 30, 1);
        Assert.InRange(Math.Abs(estimate.Value - 12), 0, Math.Max(1e-4, 4 * estimate.StandardError));
        Assert.Throws<InvalidOperationException>(() => trace(SymmetricOperator.Of(single), 1, 0));
    }

    [Fact]
    public void The_trace_is_exact_with_as_many_products_as_dimensions()
    {
        using var scope = NewDisposeScope();
        var matrix = Matrices.WithSpectrum([.. Enumerable.Range(0, 130).Select(i => Math.Sin(i))]);
        foreach (var name in new[] { "Hutch++", "XTrace" })
        {
            var estimate = Methods[name](SymmetricOperator.Of(matrix), 500, 0);
            Assert.Equal(matrix.trace().ToDouble(), estimate.Value, 1e-11);
            Assert.Equal((0, 130), (estimate.StandardError, estimate.Products));
        }
    }

    [Fact]
    public void The_trace_of_a_network_agrees_with_that_of_its_dense_Hessian()
    {
        using var scope = NewDisposeScope();
        var (objective, theta) = (Networks.Loss(Networks.Tiny), Networks.Tiny.Initial(3));
        using var expansion = objective.ExpandAt(theta);
        var hessian = new SymmetricOperator(objective.Dimension, ScalarType.Float64, expansion.HessianTimes);
        var exact = Networks.DifferencedHessian(objective, theta).trace().ToDouble();
        foreach (var method in Methods.Values)
        {
            var estimate = method(hessian, 40, 3);
            Assert.InRange(Math.Abs(estimate.Value - exact), 0, 4 * estimate.StandardError);
        }
    }

    [Fact]
    public void No_tensor_is_leaked()
    {
        using var scope = NewDisposeScope();
        var A = SymmetricOperator.Of(Matrices.WithSpectrum([.. Enumerable.Range(0, Dimension).Select(i => Math.Sin(i))]));
        Live.AssertUnchanged(() =>
        {
            foreach (var method in Methods.Values) method(A, 12, 0);
            new XTrace(200).Trace(A);
        });
    }
}
