using System.Diagnostics;
using System.Globalization;
using Brink.Native;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>How the cost of following eigenpairs grows: with the images, 1,000 to 50,000, and with the parameters, to ten million,
/// in float32 on tanh MLPs and noise of CIFAR-10's shape, each case in a process of its own.</summary>
internal static class ScaleCosts
{
    private const int Steps = 5, Settled = 4;

    // As runs do: freed memory beyond it goes back to the system.
    private const long UnusedMemory = 512L << 20;

    public const string Name = "scale";

    // Set in the processes that measure a case each, so that the peak of memory is its own.
    private const string Case = "BRINK_SCALE_CASE";

    // The network costs the same in the last four: fewer images for more parameters.
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
        using (var precise = model.Initial(0)) theta = precise.to(ScalarType.Float32);   // of float64, twice as large
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

/// <summary>Seconds are of a step: the expansion, and as many products as it takes to follow the pairs to a residual of 1e-3.</summary>
/// <param name="Images">n.</param>
/// <param name="Parameters">p.</param>
/// <param name="Pairs">k.</param>
/// <param name="ProductsPerStep">Of the Hessian.</param>
/// <param name="NetworkSeconds">In the network: expansion and products.</param>
/// <param name="MicrosecondsAnImage">Of them, of an expansion or product and an image.</param>
/// <param name="VectorSeconds">In vectors of p numbers: everything else.</param>
/// <param name="NanosecondsAParameter">Of them, a product, a pair and a parameter.</param>
/// <param name="PeakMegabytes">Of the process, which has this case alone.</param>
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
