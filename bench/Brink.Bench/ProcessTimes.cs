using Brink.Objectives;

namespace Brink.Bench;

/// <summary>Two times that depend on the preparation of the process: the gradient of the paper's CNN, which allocates large
/// blocks, and a product of the quickstart, which has many small operations.</summary>
internal static class ProcessTimes
{
    public const string Name = "process";

    public static IReadOnlyList<ProcessTimesRow> Rows()
    {
        using var scope = NewDisposeScope();
        // The paper's CNN up to its second convolution, where the large blocks are. Float32 convolution is correct
        // for 3 and 32 channels and 496 = 31 * 16 images.
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
        var quickstart = Lab.Presets.Named("quickstart").Experiment with { Engine = Lab.DerivativeEngine.Autograd };
        using var problem = new Lab.Problem(quickstart);
        using var expansion = problem.Objective(ScalarType.Float64).ExpandAt(problem.Initial());
        var u = problem.Initial();
        var times = Alternating.Medians(
            15,
            () => cnn.LossAndGradient(theta),
            () => expansion.HessianTimes(u));
        return [new(get_num_threads(), times[0], times[1])];
    }
}

/// <summary>Milliseconds of the CNN's gradient on 496 images in float32, and of a Hessian product of the quickstart in
/// float64.</summary>
internal sealed record ProcessTimesRow(int Threads, double GradientMilliseconds, double ProductMilliseconds);
