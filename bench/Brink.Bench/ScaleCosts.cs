using System.Diagnostics;
using System.Globalization;
using Brink.Native;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Growth of the cost of tracking eigenpairs with the number of images, 1,000 to 50,000, and of parameters, up to ten
/// million, in float32 on tanh MLPs and noise of CIFAR-10's shape. Each case has its own process.</summary>
internal static class ScaleCosts
{
    private const int Steps = 5, Settled = 4;

    // As in runs: freed memory beyond this size is returned to the system.
    private const long UnusedMemory = 512L << 20;

    public const string Name = "scale";

    // Variable with the number of the case in the process that measures it: each case then has its own peak of memory.
    private const string Case = "BRINK_SCALE_CASE";

    // The network costs the same in the last four cases: fewer images for more parameters.
    private static readonly (int Hidden, int Images, int Pairs)[] Cases =
    [
        (200, 1000, 1), (200, 5000, 1), (200, 20_000, 1), (200, 50_000, 1),
        (100, 1000, 4), (300, 316, 4), (900, 90, 4), (2020, 31, 4),
    ];

    public static IEnumerable<ScaleCostsRow> Rows() => Environment.GetEnvironmentVariable(Case) is { } one
        ? [Of(Cases[int.Parse(one, CultureInfo.InvariantCulture)])]
        : Cases.Select((_, i) => OwnProcess.Row<ScaleCostsRow>(Name, Case, $"{i}"));

    private static ScaleCostsRow Of((int Hidden, int Images, int Pairs) one)
    {
        var (hidden, images, pairs) = one;
        int[] widths = [3072, hidden, hidden, 10];
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        var model = new Mlp(widths, Activation.Tanh);
        var x = randn([images, widths[0]], generator: generator);
        var y = randn([images, widths[^1]], generator: generator);
        using var loss = model.SquaredError(x, y);
        Tensor theta;
        using (var precise = model.Initial(0)) theta = precise.to(ScalarType.Float32);   // float64 takes twice the memory
        using var tracker = new EigenpairTracker(new(pairs, 1e-3, RefreshAfter: 8));
        var (whole, network, products) = (new Stopwatch(), new Stopwatch(), 0);
        for (var step = -Settled; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            if (step == 0)
            {
                network.Reset();
                whole.Start();
                products = 0;
            }
            network.Start();
            using var expansion = loss.ExpandAt(theta);
            network.Stop();
            var hessian = expansion.Hessian(theta);
            var timed = hessian with
            {
                Times = rows =>
                {
                    network.Start();
                    var product = hessian.Times(rows);
                    network.Stop();
                    return product;
                },
            };
            var found = tracker.Track(timed);
            products += found.Products;
            whole.Stop();
            ProcessMemory.ReturnUnused(UnusedMemory);
            if (step >= 0) whole.Start();
            using var last = theta;
            theta = (last - (1 / found.Values[0] * expansion.Gradient)).MoveToOuterDisposeScope();
        }
        whole.Stop();
        using var self = Process.GetCurrentProcess();
        return new(
            images,
            model.Dimension,
            pairs,
            (double)products / Steps,
            network.Elapsed.TotalSeconds / Steps,
            network.Elapsed.TotalMilliseconds * 1e3 / (Steps + products) / images,
            (whole.Elapsed - network.Elapsed).TotalSeconds / Steps,
            (whole.Elapsed - network.Elapsed).TotalMilliseconds * 1e6 / (Steps + products) / model.Dimension / pairs,
            self.PeakWorkingSet64 / (double)(1 << 20));
    }
}

/// <summary>Costs of a step: the expansion, and the products that track the pairs to a residual of 1e-3.</summary>
/// <param name="Images">Number of images n.</param>
/// <param name="Parameters">Number of parameters p.</param>
/// <param name="Pairs">Number of pairs k.</param>
/// <param name="ProductsPerStep">Hessian products per step.</param>
/// <param name="NetworkSeconds">Seconds per step in the network: expansion and products.</param>
/// <param name="MicrosecondsAnImage">Microseconds in the network per image and per expansion or product.</param>
/// <param name="VectorSeconds">Seconds per step in everything else, the operations on vectors of p numbers.</param>
/// <param name="NanosecondsAParameter">Nanoseconds of these operations per parameter, pair, and expansion or product.</param>
/// <param name="PeakMegabytes">Peak memory, in MiB, of the process that measures this case.</param>
internal sealed record ScaleCostsRow(
    int Images,
    long Parameters,
    int Pairs,
    double ProductsPerStep,
    double NetworkSeconds,
    double MicrosecondsAnImage,
    double VectorSeconds,
    double NanosecondsAParameter,
    double PeakMegabytes);
