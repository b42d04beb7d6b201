using System.Diagnostics;
using System.Globalization;
using Brink.Objectives;

namespace Brink.Bench;

/// <summary>What each part of the process's preparation gives. It is settled before libtorch allocates, so
/// that every measurement is a process of its own; the settings take turns.</summary>
internal static class PreparationGains
{
    public const string Child = "preparation-child";
    private const int Rounds = 5;

    private static readonly (string Name, string Variable, string Value)[] Settings =
    [
        ("everything on", "BRINK_KEEP_BLOCKS", "1"),
        ("allocator off", "BRINK_KEEP_BLOCKS", "0"),
        ("warnings on", "BRINK_QUIET", "0"),
        ("one thread", "BRINK_THREADS", "1"),
        ("threads do not spin", "GOMP_SPINCOUNT", "0"),
        ("threads always spin", "OMP_WAIT_POLICY", "ACTIVE"),
    ];

    public static void Run()
    {
        var times = Settings.Select(_ => new List<double[]>()).ToArray();
        for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < Settings.Length; i++)
                times[i].Add(InProcess(Settings[i].Variable, Settings[i].Value));
        Console.WriteLine(
            $"medians of {Rounds} processes, in ms: CNN gradient on 496 images (float32)"
                + "   quickstart Hessian product (float64)");
        foreach (var (setting, rounds) in Settings.Zip(times))
        {
            var (cnn, product) = (
                Alternating.Median(rounds.Select(r => r[0])),
                Alternating.Median(rounds.Select(r => r[1])));
            Console.WriteLine($"{setting.Name,-22} {cnn,10:f1} {product,10:f2}");
        }
    }

    /// <summary>In the child: both times on one line.</summary>
    public static void Measure()
    {
        using var scope = NewDisposeScope();
        // The paper's CNN up to its second convolution, where the large blocks are. 3 and 32 channels, and
        // 496 = 31 * 16 images: nothing that float32 convolution gets wrong.
        using var generator = new Generator(0, CPU);
        var images = randn([496, 3, 32, 32], generator: generator);
        const int first = 32 * 3 * 9, all = first + (32 * 32 * 9);
        var cnn = new DifferentiableSum(all, ScalarType.Float32, 1, (w, _) =>
        {
            var h = nn.functional.silu(
                nn.functional.conv2d(images, w[..first].view(32, 3, 3, 3), padding: [1, 1]));
            h = nn.functional.avg_pool2d(h, 2);
            return nn.functional
                .silu(nn.functional.conv2d(h, w[first..].view(32, 32, 3, 3), padding: [1, 1]))
                .square()
                .mean();
        });
        var theta = 0.1 * randn(all, generator: generator);
        var quickstart = Lab.Presets.Named("quickstart").Experiment;
        using var problem = new Lab.Problem(quickstart);
        using var expansion = problem.Objective(ScalarType.Float64).ExpandAt(problem.Initial());
        var u = problem.Initial();
        var times = Alternating.Medians(
            15,
            () => cnn.LossAndGradient(theta),
            () => expansion.HessianTimes(u));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times[0]} {times[1]}"));
    }

    private static double[] InProcess(string variable, string value)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Child])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var numbers = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(error.Result);
        return [.. numbers.Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }
}
