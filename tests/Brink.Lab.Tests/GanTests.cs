using Brink.Games;
using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Formats;
using Brink.Zoo.Games;

namespace Brink.Lab.Tests;

public class GanTests
{
    [Fact]
    public void Covered_modes_and_good_samples_are_counted()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var real = GridGan.Real(4000, generator);
        var (modes, quality) = GridGan.Assess(real);
        Assert.Equal(16, modes);
        Assert.InRange(quality, 0.99, 1);
        // One covered mode, and samples between the modes.
        var one = tensor(new[,] { { 0.5f, -1.5f } }).repeat(60, 1);
        var between = zeros(40, 2);
        Assert.Equal((1, 0.6), GridGan.Assess(cat([one, between])));
        Assert.Equal((0, 0.0), GridGan.Assess(between));
    }

    [Fact]
    public void The_gradient_of_each_network_belongs_to_its_loss()
    {
        using var scope = NewDisposeScope();
        var gan = new GridGan(8, 2, 4, 4096, [1]);
        var (game, w) = ((DifferentiableGame)gan.At(3), gan.Start());
        Assert.Equal(gan.Players.Sum(), w.shape[1]);
        var shares = w.split([.. gan.Players], 1);
        using var generator = new Generator(2, CPU);
        foreach (var player in new[] { 0, 1 })
        {
            var direction = randn(1, gan.Players[player], generator: generator);
            const double h = 1e-3;
            var difference = (Loss(h) - Loss(-h)) / (2 * h);
            var start = player == 0 ? 0 : gan.Players[0];
            var slope = (game.Xi(w).narrow(1, start, gan.Players[player]) * direction).sum().ToDouble();
            Assert.Equal(difference, slope, 2e-3 * Math.Max(1, Math.Abs(slope)));

            double Loss(double along)
            {
                var moved = shares.Select((share, i) => i == player ? share + (along * direction) : share).ToArray();
                return game.Losses(moved)[player].sum().ToDouble();
            }
        }
    }

    [Fact]
    public void Every_solver_trains_the_gans_and_has_figures()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            new GanComparison(8, 1, 4, 32, 6, 1, 0.05, 1e-3).Run(
                writer, "gan", [.. GanComparison.Rules, GanComparison.Learned], ShippedOptimizers.Find("two-player"), null);
        }
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(
            ["rmsprop", "adam", "sga", "extragradient", "consensus", "learned"],
            run.Manifest().Get(GameSchema.GanSolvers)!.Select(one => one.Solver));
        Assert.Equal(8, Figures.Of(run).Count);
        Assert.Contains(
            run.Manifest().Get(GameSchema.GanSolvers)!.Any(one => one.Modes > 0) ? "Of 16 modes" : "No solver covers any of the 16 modes.",
            Story.Of(run),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Gans_trained_together_equal_gans_trained_alone()
    {
        using var scope = NewDisposeScope();
        var both = new GridGan(8, 2, 4, 64, [5, 6]);
        var (w, xi, shortfall) = (both.Start(), both.At(2).Xi(both.Start()), both.Shortfall(both.Start(), 2));
        foreach (var i in new[] { 0, 1 })
        {
            var alone = new GridGan(8, 2, 4, 64, [5 + i]);
            Assert.True((w[i] == alone.Start()[0]).all().ToBoolean());
            Assert.Equal(0, (xi[i] - alone.At(2).Xi(alone.Start())[0]).norm().ToDouble() / xi[i].norm().ToDouble(), 1e-5);
            Assert.Equal(shortfall[i].ToDouble(), alone.Shortfall(alone.Start(), 2)[0].ToDouble(), 1e-5);
        }
    }

    [Fact]
    public void The_distance_equals_that_of_kernels_between_samples_and_many_data()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var samples = randn(50, 2, generator: generator) / 2 + 0.3;
        var (data, others) = (GridGan.Real(20_000, generator), GridGan.Real(1_000, generator));
        var expected = new[] { 1, 0.5, 0.25, 0.125 }
            .Average(h => Kernel(samples, samples, h) - (2 * Kernel(samples, data, h)) + Kernel(others, data, h));
        Assert.Equal(Math.Log(expected), GridDistance.Of(samples.unsqueeze(0), [-1.5, -0.5, 0.5, 1.5], GridGan.Spread)[0].ToDouble(), 0.02);

        static double Kernel(Tensor x, Tensor y, double h) => (-cdist(x, y).square() / (2 * h * h)).exp().mean().ToDouble();
    }

    [Fact]
    public void A_training_on_gans_resumes_from_its_checkpoint_to_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var training = new GanTraining(
            Width: 4, Depth: 1, Latent: 2, Samples: 8, Batch: 2, Epochs: 4, LevelEpochs: 2, LongestHorizon: 20, Hidden: 4, ValidateEvery: 2,
            ValidationGans: 1, ValidationSteps: 5);
        Run("whole", null, default);
        using var stop = new CancellationTokenSource();
        Run("stopped", progress => { if (progress.Done == 2) stop.Cancel(); }, stop.Token);
        using (var resumption = Resumption.Of(folder.Path("stopped")))
        {
            Assert.Equal((GameTrainingRun.OnGans, training), (resumption.Kind, resumption.Study));
            Assert.NotNull(resumption.From);
            resumption.Continue(null, null, default);
        }
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("stopped")));
        var (one, other) =
            (OptimizerFile.Read(folder.Path("whole/weights.safetensors")), OptimizerFile.Read(folder.Path("stopped/weights.safetensors")));
        foreach (var (a, b) in one.Named().Values.Zip(other.Named().Values)) Assert.True((a == b).all().ToBoolean());
        using var run = RunReader.Open(folder.Path("whole"));
        Assert.Contains("modes missed on the validation GANs", Story.Of(run), StringComparison.Ordinal);

        void Run(string name, Action<StudyProgress>? progress, CancellationToken token)
        {
            using var writer = RunWriter.Create(folder.Path(name));
            new GameTrainingRun(training, writer, TimeProvider.System).Run("test", progress, token);
        }
    }

    [Theory]
    [InlineData("width: 0")]
    [InlineData("step_length: 0")]
    [InlineData("reach: 0.5; it must be above 0.5")]
    public void Invalid_settings_are_refused(string message)
    {
        var training = message[0] switch
        {
            'w' => new GanTraining(Width: 0),
            's' => new GanTraining(StepLength: 0),
            _ => new GanTraining(Reach: 0.5),
        };
        Assert.StartsWith(message, Assert.Throws<ExperimentException>(training.Checked).Message, StringComparison.Ordinal);
    }
}
