using Brink.Algebra;
using Brink.Edges;
using Brink.Spectra;
using Brink.Zoo.Checkpoints;

namespace Brink.Lab.Tests;

/// <summary>The edges of <c>brink watch</c> on a Hessian whose spectrum is known.</summary>
public class WatchedEdgeTests
{
    private const double Rate = 0.01;
    private static readonly double[] Values = [20, 9, 4, 3, 1, 0.5];

    [Fact]
    public void A_zeroth_order_method_is_at_its_edge_where_its_learning_rate_is_the_largest_stable_one()
    {
        using var scope = NewDisposeScope();
        foreach (var momentum in new[] { 0, 0.9 })
        {
            var edge = Of(new(WatchedMethod.ZerothOrder, Rate, momentum));
            var exact = (momentum > 0 ? ZerothOrderEdge.Momentum(momentum) : ZerothOrderEdge.GradientDescent).Threshold(Values);
            Assert.Equal(20, edge.Curvature, 1e-9);
            // The rest of the spectrum is estimated.
            Assert.Equal(exact.LearningRate / Rate, edge.Threshold / edge.Curvature, 0.05 * exact.LearningRate / Rate);
        }
    }

    [Fact]
    public void Sharpness_aware_minimization_has_a_lower_edge_than_gradient_descent()
    {
        using var scope = NewDisposeScope();
        var edge = Of(new(WatchedMethod.Sam, Rate, Rho: 0.1));
        var norm = Gradient().norm().ToDouble();
        // eta lambda (1 + rho lambda / |g|) = 2 at the edge.
        Assert.Equal(2, Rate * edge.Threshold * (1 + (0.1 * edge.Threshold / norm)), 1e-9);
        Assert.InRange(edge.Threshold, 1, 2 / Rate);
        Assert.Equal(2 / Rate, Of(new(WatchedMethod.Sam, Rate, Rho: 0)).Threshold, 1e-9);
    }

    [Fact]
    public void Steps_of_the_sign_have_the_generalized_sharpness_of_the_largest_entry()
    {
        using var scope = NewDisposeScope();
        var edge = Of(new(WatchedMethod.Sign, Rate));
        // The maximum of d.Hd over all sign vectors.
        var H = Hessian();
        var most = Enumerable.Range(0, 1 << Values.Length).Max(bits =>
        {
            using var inner = NewDisposeScope();
            var d = tensor(Enumerable.Range(0, Values.Length).Select(i => (bits >> i & 1) == 0 ? 1.0 : -1).ToArray());
            return d.dot(H.mv(d)).ToDouble();
        });
        Assert.Equal(most, edge.Curvature, 1e-9 * most);
        Assert.Equal(2 * Gradient().abs().sum().ToDouble() / Rate, edge.Threshold, 1e-9 * edge.Threshold);
    }

    [Fact]
    public void Steps_of_polar_factors_see_the_matrices_of_the_parameters()
    {
        using var scope = NewDisposeScope();
        var edge = Of(new(WatchedMethod.Muon, Rate));
        var matrix = Gradient().narrow(0, 0, 4).view(2, 2);
        var dual = linalg.svdvals(matrix).sum().ToDouble() + Gradient().narrow(0, 4, 2).abs().sum().ToDouble();
        Assert.Equal(2 * dual / Rate, edge.Threshold, 1e-9 * edge.Threshold);
        // An orthogonal matrix and two signs have length sqrt(2 + 2): the curvature is at least that of the best start.
        Assert.InRange(edge.Curvature, 20, 4 * 20);
    }

    [Fact]
    public void Adam_has_no_edge_without_its_second_moments()
    {
        using var scope = NewDisposeScope();
        Assert.Null(WatchedEdge.Of(new(WatchedMethod.Adam, Rate, 0.9), Operator(), Top(), null, Gradient(), Shapes));
        Assert.Null(WatchedEdge.Of(new(WatchedMethod.Descent, null), Operator(), Top(), null, Gradient(), Shapes));
        var adam = WatchedEdge.Of(new(WatchedMethod.Adam, Rate, 0.9), Operator(), Top(), 7, Gradient(), Shapes)!;
        Assert.Equal((7, 3800), (adam.Curvature, Math.Round(adam.Threshold, 9)));
    }

    [Fact]
    public void Groups_with_different_settings_are_measured_in_the_metric_of_their_step()
    {
        using var scope = NewDisposeScope();
        static ParameterGroup Group(long index, double rate, double? momentum, double? decay, bool? nesterov = null) =>
            new([index], null, rate, null, null, decay, momentum, 0, nesterov, null, null);
        (string, IReadOnlyList<long>)[] parameters = [("w", [2, 2]), ("b", [2])];
        var empty = new Dictionary<long, ParameterState>();
        var momenta = new[] { ones(2, 2, dtype: ScalarType.Float64), ones(2, dtype: ScalarType.Float64) };
        for (var i = 0; i < 2; i++) empty[i] = new(new Dictionary<string, Tensor> { ["momentum_buffer"] = momenta[i] }, null);
        var same = new OptimizerState([Group(0, 0.1, 0.9, 0), Group(1, 0.1, 0.9, 0)], empty);
        var state = new OptimizerState([Group(0, 0.1, 0.9, 0), Group(1, 0.02, 0.5, 3, nesterov: true)], empty);
        Assert.False(WatchedMetric.IsNeeded(same));
        Assert.True(WatchedMetric.IsNeeded(state));
        var metric = WatchedMetric.Of(state, At(parameters))!;
        // Heavy ball: s^2 = eta/(1 + beta); Nesterov: eta (1 + beta/(1 + beta)); the decay adds to the curvature of the second group.
        var s = tensor(new[] { 0.1 / 1.9, 0.1 / 1.9, 0.1 / 1.9, 0.1 / 1.9, 0.02 * (1 + (0.5 / 1.5)), 0.02 * (1 + (0.5 / 1.5)) }).sqrt();
        var H = Hessian() + tensor(new[] { 0.0, 0, 0, 0, 3, 3 }).diag();
        var expected = linalg.eigvalsh(s.unsqueeze(1) * H * s).max().ToDouble();
        using var tracker = new EigenpairTracker(new(1, 1e-10));
        Assert.Equal(expected, tracker.Track(metric.Of(Operator())).Values[0], 1e-9);
    }

    [Fact]
    public void Adam_with_decoupled_decay_has_the_metric_of_its_second_moments()
    {
        using var scope = NewDisposeScope();
        ParameterGroup group = new([0, 1], null, 0.01, (0.9, 0.99), 1e-3, 0.5, null, null, null, true, null);
        var second = tensor(new[] { 4.0, 1, 9, 0.25, 16, 1 });
        var states = new Dictionary<long, ParameterState>
        {
            [0] = new(new Dictionary<string, Tensor> { ["exp_avg_sq"] = second.narrow(0, 0, 4).view(2, 2) }, 5),
            [1] = new(new Dictionary<string, Tensor> { ["exp_avg_sq"] = second.narrow(0, 4, 2) }, 5),
        };
        var at = At([("w", [2, 2]), ("b", [2])]);
        var metric = WatchedMetric.Of(new([group], states), at)!;
        var P = (second / (1 - Math.Pow(0.99, 5))).sqrt() + 1e-3;
        var expected = (2 * 0.01 * (0.1 / 1.9) / (2 - (0.01 * 0.5)) / P).sqrt();
        Assert.Equal(0, (metric.Scale - expected).abs().max().ToDouble(), 1e-15);
        Assert.Equal(0, metric.Decay.abs().max().ToDouble());
        Assert.Null(WatchedMetric.Of(new([group], new Dictionary<long, ParameterState>()), at));
    }

    [Fact]
    public void Adafactor_has_the_metric_of_the_step_that_it_takes()
    {
        using var scope = NewDisposeScope();
        const double rate = 0.02, decay = 0.3;
        var (rows, columns) = (tensor(new[,] { { 4.0 }, { 1 } }), tensor(new[,] { { 2.0, 3 } }));
        var variance = tensor(new[] { 9.0, 16 });
        var states = new Dictionary<long, ParameterState>
        {
            [0] = new(new Dictionary<string, Tensor> { ["row_var"] = rows, ["col_var"] = columns }, 400),
            [1] = new(new Dictionary<string, Tensor> { ["variance"] = variance }, 400),
        };
        ParameterGroup Group(double weightDecay) => new([0, 1], null, rate, null, null, weightDecay, null, null, null, null, null)
        {
            Method = OptimizerMethod.Adafactor,
            Adafactor = new(1e-30, 1e-3, 0.1),
        };
        var at = At([("w", [2, 2]), ("b", [2])]);
        // As the step is written in the publication: alpha g / (sqrt(V) max(1, RMS(u)/d)) with alpha = RMS(theta) min(eta, 1/sqrt(t)).
        var V = cat([(rows.mm(columns) / rows.mean()).flatten(), variance]);
        var scales = new[] { (0, 4), (4, 2) }.Select(part =>
        {
            var (theta, u) = (at.Theta.narrow(0, part.Item1, part.Item2), (at.Gradient / V.sqrt()).narrow(0, part.Item1, part.Item2));
            var alpha = Length(theta) * Math.Min(rate, 1 / Math.Sqrt(400));
            return full(part.Item2, alpha / Math.Max(1, Length(u) / 0.1), dtype: ScalarType.Float64);
        });
        var step = cat([.. scales]) / V.sqrt();
        var state = new OptimizerState([Group(0)], states);
        var optimizer = WatchedOptimizer.Of(state);
        var P = WatchedPreconditioner.Of(optimizer, state, at)!;
        Assert.Equal(0, ((rate / P.Diagonal) - step).abs().max().ToDouble(), 1e-15);
        Assert.Equal((100.0, false, false), (Math.Round(optimizer.Edge!.Value, 9), P.HasUnused, WatchedMetric.IsNeeded(state)));
        // Decoupled decay moves the edge to (2 - eta decay)/eta.
        var decayed = new OptimizerState([Group(decay)], states);
        Assert.True(WatchedMetric.IsNeeded(decayed));
        var metric = WatchedMetric.Of(decayed, at)!;
        Assert.Equal(0, (metric.Scale.square() - (2 * step / (2 - (rate * decay)))).abs().max().ToDouble(), 1e-15);
        Assert.Equal(0, metric.Decay.abs().max().ToDouble());

        static double Length(Tensor x) => Math.Sqrt(x.square().mean().ToDouble());
    }

    [Fact]
    public void RMSProp_has_the_second_moments_about_the_mean_if_it_is_centred()
    {
        using var scope = NewDisposeScope();
        var (square, mean) = (tensor(new[] { 4.0, 9, 16, 25 }).view(2, 2), tensor(new[] { 1.0, 2, 0, 3 }).view(2, 2));
        var states = new Dictionary<long, ParameterState>
        {
            [0] = new(new Dictionary<string, Tensor> { ["square_avg"] = square, ["grad_avg"] = mean }, 7),
            [1] = new(new Dictionary<string, Tensor> { ["square_avg"] = zeros(2, dtype: ScalarType.Float64) }, 7),
        };
        ParameterGroup group = new([0, 1], null, 0.01, null, 1e-4, 0, 0.5, null, null, null, null) { Method = OptimizerMethod.RmsProp };
        var state = new OptimizerState([group], states);
        var optimizer = WatchedOptimizer.Of(state);
        var P = WatchedPreconditioner.Of(optimizer, state, At([("w", [2, 2]), ("b", [2])]))!;
        Assert.True(P.HasUnused);
        var expected = tensor(new[] { Math.Sqrt(3), Math.Sqrt(5), 4, 4, 0, 0 }) + 1e-4;
        Assert.Equal(0, (P.Diagonal - expected).abs().max().ToDouble(), 1e-15);
        Assert.Equal(3 / 0.01, optimizer.Edge!.Value, 1e-9);
    }

    [Fact]
    public void An_optimizer_numbers_parameters_in_the_order_of_the_checkpoint()
    {
        using var scope = NewDisposeScope();
        ParameterGroup group = new([0, 1], null, 0.01, (0.9, 0.99), 0, 0, null, null, null, null, null);
        var states = new[] { 1.0, 4 }.Select((square, i) => (Key: (long)i, Value: square)).ToDictionary(
            one => one.Key,
            one => new ParameterState(
                new Dictionary<string, Tensor> { ["exp_avg_sq"] = full(3, one.Value, dtype: ScalarType.Float64) }, 1000000));
        (string, IReadOnlyList<long>)[] parameters = [("scale", [3]), ("shift", [3])];
        var at = new WatchedPoint(parameters, ones(6), ones(6), "a.pt") { InFile = [parameters[1], parameters[0]] };
        var state = new OptimizerState([group], states);
        var P = WatchedPreconditioner.Of(WatchedOptimizer.Of(state), state, at)!.Diagonal;
        Assert.Equal((2.0, 1.0), (Math.Round(P[0].ToDouble(), 6), Math.Round(P[3].ToDouble(), 6)));
    }

    [Fact]
    public void An_optimizer_of_other_settings_has_no_edge()
    {
        using var scope = NewDisposeScope();
        ParameterGroup group = new([0, 1], null, 0.01, (0.9, 0.99), 1e-8, 0, null, null, null, null, null)
        {
            Method = OptimizerMethod.Other,
        };
        var optimizer = WatchedOptimizer.Of(group);
        Assert.Null(optimizer.Edge);
        Assert.Null(WatchedEdge.Of(optimizer, Operator(), Top(), null, Gradient(), Shapes));
    }

    private static WatchedPoint At(IReadOnlyList<(string, IReadOnlyList<long>)> parameters) =>
        new(parameters, tensor(new[] { 1.0, -1, 2, 0.5, 3, -2 }), Gradient(), "a.pt");

    private static IReadOnlyList<long>[] Shapes => [[2, 2], [2]];

    private static WatchedEdge Of(WatchedOptimizer optimizer) =>
        WatchedEdge.Of(optimizer, Operator(), Top(), null, Gradient(), Shapes)!;

    private static Tensor Hessian()
    {
        using var generator = new Generator(3, CPU);
        var (Q, _) = linalg.qr(randn(Values.Length, Values.Length, dtype: ScalarType.Float64, generator: generator));
        return (Q * tensor(Values)).mm(Q.t());
    }

    private static SymmetricOperator Operator() => SymmetricOperator.Of(Hessian());

    private static Tensor Gradient() => tensor(new[] { 1.0, -2, 0.5, 3, -1, 0.25 });

    private static Eigenpairs Top() => new EigenpairTracker(new(2, 1e-10)).Track(Operator());
}
