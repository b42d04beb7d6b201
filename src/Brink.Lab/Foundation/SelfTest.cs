using Brink.Objectives;

namespace Brink.Lab;

/// <summary>Tests whether the native library computes correctly on this processor.</summary>
public static class SelfTest
{
    private const double Single =
        1e-4;   // float32 against float64: a hundred times the rounding at these sizes
    private const double Double = 1e-10;
    private const double Third = 1e-5;    // third derivatives against differences of Hessian products

    /// <summary>Runs all checks, in under 3 s. Where a check fails without a workaround, results cannot be trusted.</summary>
    public static IReadOnlyList<SelfTestResult> Run() =>
    [
        Products(),
        Reductions(),
        Eigenvalues(ScalarType.Float32, Single),
        Eigenvalues(ScalarType.Float64, Double),
        Convolutions(),
        ConvolutionProducts(),
        Norm("layer_norm", Composed, x => nn.functional.layer_norm(x, [x.shape[^1]])),
        Norm("batch_norm in training", Composed, x => nn.functional.batch_norm(x, null, null, training: true)),
        Norm("group_norm", null, x => nn.functional.group_norm(x.unsqueeze(2), 2).squeeze(2)),
    ];

    private static readonly Workaround<int> Composed =
        new("Brink's models compose this norm from mean, product and rsqrt", _ => true);

    private static SelfTestResult Products() => Worst(
        "matrix products in float32",
        Single,
        null,
        [(64, 64, 64), (500, 196, 100), (33, 17, 65), (1, 1000, 3)],
        size =>
        {
            var (n, k, m) = size;
            var (a, b) = (Uniform(1, n, k), Uniform(2, k, m));
            return Relative(a.to(ScalarType.Float32).mm(b.to(ScalarType.Float32)), a.mm(b));
        });

    private static SelfTestResult Reductions() => Worst(
        "sums in float32", Single, null, [1_000, 65_537, 1_000_000], n =>
        {
            var a = Uniform(3, n) + 1;   // no cancellation: the relative error is that of the summation
            return Relative(a.to(ScalarType.Float32).sum(), a.sum());
        });

    private static SelfTestResult Eigenvalues(ScalarType precision, double tolerance) => Worst(
        $"eigh in {precision.ToString().ToLowerInvariant()}", tolerance, null, [5, 32, 64], n =>
        {
            var a = Uniform(4, n, n);
            var symmetric = (a + a.t()).to(precision);
            var (values, vectors) = linalg.eigh(symmetric);
            return Relative(symmetric.mm(vectors), (vectors * values).to(ScalarType.Float64));
        });

    private static SelfTestResult Convolutions() => Worst(
        "conv2d in float32, 1 to 40 input channels",
        Single,
        new("Brink's models have 1, 3 or a multiple of 16 channels", channels => channels is not (1 or 3) && channels % 16 != 0),
        Enumerable.Range(1, 40),
        channels =>
        {
            var (x, w) = (Uniform(5, 4, channels, 8, 8), Uniform(6, 8, channels, 3, 3));
            return Relative(
                nn.functional.conv2d(x.to(ScalarType.Float32), w.to(ScalarType.Float32), padding: [1, 1]),
                nn.functional.conv2d(x, w, padding: [1, 1]));
        });

    private static SelfTestResult ConvolutionProducts() => Worst(
        "Hessian products of a convolution in float32, batches of 15 to 33",
        Single,
        new("convolutional models pad their micro-batches to multiples of 16", batch => batch % 16 != 0),
        Enumerable.Range(15, 19),
        batch =>
        {
            // Two layers: the products of the second one use the convolution that takes the batch as channels.
            const int first = 16 * 3 * 9, all = first + (16 * 16 * 9);
            var (theta, direction) = (Uniform(7, all) / 3, Uniform(8, all));
            return Relative(Product(ScalarType.Float32), Product(ScalarType.Float64));

            Tensor Product(ScalarType precision)
            {
                var x = Uniform(9, batch, 3, 8, 8).to(precision);
                var loss = new DifferentiableSum(all, precision, 1, (w, _) =>
                {
                    var h = nn.functional.silu(
                        nn.functional.conv2d(x, w[..first].view(16, 3, 3, 3), padding: [1, 1]));
                    return nn.functional
                        .silu(nn.functional.conv2d(h, w[first..].view(16, 16, 3, 3), padding: [1, 1]))
                        .square()
                        .mean();
                });
                using var expansion = loss.ExpandAt(theta.to(precision));
                return expansion.HessianTimes(direction.to(precision));
            }
        });

    /// <summary>Compares D3L(u,u) of a loss through a norm with a central difference of Hessian products.</summary>
    private static SelfTestResult Norm(string name, Workaround<int>? avoided, Func<Tensor, Tensor> norm) => Worst(
        $"third derivatives through {name}",
        Third,
        avoided,
        [0],
        _ =>
        {
            var loss = new DifferentiableSum(6 * 8, ScalarType.Float64, 1, (theta, _) =>
                (norm(theta.view(6, 8)).tanh() * Uniform(10, 6, 8)).sum());
            var (at, u) = (Uniform(11, 6 * 8), Uniform(12, 6 * 8));
            u = u / u.norm();
            const double h = 1e-4;
            using var expansion = loss.ExpandAt(at);
            using var ahead = loss.ExpandAt(at + h * u);
            using var behind = loss.ExpandAt(at - h * u);
            return Relative(
                expansion.ThirdDerivative(u, u),
                (ahead.HessianTimes(u) - behind.HessianTimes(u)) / (2 * h));
        });

    private static SelfTestResult Worst<T>(
        string name, double tolerance, Workaround<T>? avoided, IEnumerable<T> cases, Func<T, double> error)
    {
        var results = new List<(T Case, double Error)>();
        foreach (var one in cases)
        {
            using var scope = NewDisposeScope();
            results.Add((one, error(one)));
        }
        var wrong = results.Where(result => !(result.Error <= tolerance)).ToArray();
        var worst = results.Max(result =>
            double.IsNaN(result.Error) ? double.PositiveInfinity : result.Error);
        var shown = string.Join(", ", wrong.Take(6).Select(w => w.Case)) + (wrong.Length > 6 ? ", ..." : "");
        return new(
            name,
            wrong.Length == 0,
            worst,
            results.Count > 1 && wrong.Length > 0 ? $"{shown} ({wrong.Length} of {results.Count})" : "",
            wrong.All(one => avoided?.Covers(one.Case) == true) ? avoided?.How : null);
    }

    private static double Relative(Tensor value, Tensor reference) =>
        ((value.to(ScalarType.Float64) - reference).norm() / reference.norm()).ToDouble();

    private static Tensor Uniform(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed, CPU);
        return rand(shape, dtype: ScalarType.Float64, generator: generator) - 0.5;
    }
}

/// <summary>A way in which Brink avoids a fault, and the cases that it covers.</summary>
internal sealed record Workaround<T>(string How, Func<T, bool> Covers);
