namespace Brink.Bench;

/// <summary>A comparison of two ways, or more, in one process and in turn, so that a machine whose speed drifts does so for all
/// of them.</summary>
/// <param name="Name">What it is asked for by.</param>
/// <param name="Summary">What is compared, in one line.</param>
/// <param name="Seconds">That it takes on 2 cores.</param>
/// <param name="Rows">Does it: records of one type, whose properties are the columns, each when it is measured. Given is a file or
/// folder of CIFAR-10, null for the images that come with Brink.</param>
public sealed record Benchmark(string Name, string Summary, int Seconds, Func<string?, IEnumerable<object>> Rows)
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new("bnp", "a step of training with batch normalization preconditioning, and without", 60, _ => BnpOverhead.Rows()),
        new(BusyCore.Name, "no comparison: keeps one core busy until the standard input ends", 1, _ => BusyCore.Rows()),
        new("check", "the check of derivatives against the loss, and the inspection that it precedes", 360, _ => CheckCosts.Rows()),
        new("constrained", "the tracked phase at the edge of stability, and the loop of published code", 800, _ => ConstrainedCosts.Rows()),
        new("derivatives", "gradient, expansion, Hessian product and third derivative of the paper's models", 170, _ => DerivativeCosts.Rows()),
        new("games", "meta-training on 128 games as one batch, and one game after the other", 40, _ => GameTrainingSpeed.Rows()),
        new("images", "an expansion and a Hessian product of 1,000 to 50,000 images, in turn", 120, _ => ImageCosts.Rows()),
        new("landscapes", "bifurcation diagram and convergence map, and plain loops that give the same", 60, _ => LandscapeCosts.Rows()),
        new(LoadCosts.Name, "the quickstart on idle cores and beside a busy process, by how threads wait", 240, _ => LoadCosts.Rows()),
        new("monitor", "training with a stability monitor, and without", 900, _ => MonitorOverhead.Rows()),
        new("path", "products a step behind descent: from where eigenvectors were, and from where their path leads", 100, _ => PathCosts.Rows()),
        new("preparation", "each part of the process's preparation on and off, a process for each", 150, _ => PreparationGains.Rows()),
        new("process", "two times in this process, however it was prepared", 5, _ => ProcessTimes.Rows()),
        new("products", "the engine of truncated polynomials and autograd, on the paper's four models", 200, _ => ProductCosts.Rows()),
        new(ScaleCosts.Name, "following eigenpairs with more images, to 50,000, and more parameters, to 10 million", 600, _ => ScaleCosts.Rows()),
        new("spectra", "eigenpairs in products: Lanczos from nothing, and the tracker behind gradient descent", 60, SpectraCosts.Rows),
        new("store", "the run store at scale: 1,000 runs listed, 1,000,000 points opened, exported, drawn", 60, _ => RunStoreCosts.Rows()),
        new("tracking", "the sharpness at every step of descent, and cold Lanczos, on three models", 300, _ => TrackingCosts.Rows()),
        new("traces", "trace estimates at equal products against a dense trace", 40, _ => TraceErrors.Rows()),
    ];
}
