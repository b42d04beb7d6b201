using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Formats;
using Brink.Zoo.Games;

namespace Brink.Lab.Tests;

public class GanTests
{
    private static readonly GanTrial Trial = new(Width: 8, Depth: 1, Latent: 4, Batch: 16, Steps: 6, Seeds: 2);

    // Not finished before its horizon, so that pairs begin new games.
    private static readonly GanEvolution Evolution = new(
        Steps: 7, Pairs: 3, Truncation: 4, Horizon: 12, Width: 4, Latent: 2, Batch: 8, MeasureEvery: 2, Measured: 16);

    public static TheoryData<string> Data => [.. Mixture.All.Select(one => one.Name)];

    [Theory, MemberData(nameof(Data))]
    public void Samples_of_the_data_cover_all_modes_and_are_near_one(string name)
    {
        var data = Mixture.All.Single(one => one.Name == name);
        var samples = Samples(data, 4000);
        var (modes, share) = data.Assess(samples);
        Assert.Equal(data.Modes.Count, modes);
        // Within three standard deviations: 1 - exp(-9/2).
        Assert.InRange(share, 0.98, 0.995);
        // One covered mode, and samples far from all.
        float[] one = [.. Enumerable.Repeat(new[] { (float)data.Modes[0].X, (float)data.Modes[0].Y }, 60).SelectMany(point => point)];
        float[] far = [.. Enumerable.Repeat(9f, 80)];
        Assert.Equal((1, 0.6), data.Assess([.. one, .. far]));
        Assert.Equal((0, 0.0), data.Assess(far));
    }

    [Theory, MemberData(nameof(Data))]
    public void The_distance_equals_that_of_kernels_between_samples_and_many_data(string name)
    {
        var data = Mixture.All.Single(one => one.Name == name);
        var noise = new CountedNoise(3, 0);
        var samples = new float[2 * 101];
        noise.Fill(samples);
        var (many, others) = (Samples(data, 4_000, 4), Samples(data, 4_000, 5));
        var expected = new[] { 0.1, 0.2, 0.4, 0.8 }.Sum(h =>
            Kernel(samples, samples, h, distinct: true) - (2 * Kernel(samples, many, h)) + Kernel(many, others, h));
        Assert.Equal(expected, new MixtureDistance(data).Of(samples), 0.02);
        Assert.InRange(new MixtureDistance(data).Of(many), -0.003, 0.003);

        static double Kernel(float[] x, float[] y, double h, bool distinct = false)
        {
            var sum = 0.0;
            for (var i = 0; i < x.Length; i += 2)
                for (var j = 0; j < y.Length; j += 2)
                    if (!distinct || i != j)
                        sum += Math.Exp(-(Math.Pow(x[i] - y[j], 2) + Math.Pow(x[i + 1] - y[j + 1], 2)) / (2 * h * h));
            return sum / (x.Length / 2.0) / ((y.Length / 2.0) - (distinct ? 1 : 0));
        }
    }

    [Fact]
    public void Counted_noise_has_the_moments_of_its_distributions()
    {
        var (noise, sums) = (new CountedNoise(1, 2), new double[5]);
        const int draws = 100_000;
        for (var i = 0; i < draws; i++)
        {
            var (x, y) = noise.Normals();
            var u = noise.Uniform();
            foreach (var (k, value) in new[] { x, x * x, x * y, x * x * x * x, u }.Index()) sums[k] += value / draws;
        }
        Assert.Equal([0, 1, 0, 3, 0.5], sums.Select(sum => Math.Round(2 * sum, 1) / 2));
        Assert.NotEqual(new CountedNoise(1, 3).Uniform(), new CountedNoise(1, 2).Uniform());
        Assert.NotEqual(new CountedNoise(2, 2).Uniform(), new CountedNoise(1, 2).Uniform());
    }

    [Fact]
    public void Gans_trained_together_equal_gans_trained_alone()
    {
        using var scope = NewDisposeScope();
        var both = Trial.Gans([5, 6]);
        var (w, xi) = (both.Start(), both.At(2).Xi(both.Start()));
        foreach (var i in new[] { 0, 1 })
        {
            var alone = Trial.Gans([5 + i]);
            Assert.True((w[i] == alone.Start()[0]).all().ToBoolean());
            Assert.True((xi[i] == alone.At(2).Xi(alone.Start())[0]).all().ToBoolean());
        }
    }

    [Fact]
    public void Every_solver_trains_the_gans_and_has_figures()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            var network = GanSolver.Learned("two-player", Trial, 1e-3) with { Name = "network" };
            new GanComparison(Trial).Run(writer, "gan", [.. Solvers(), network], null);
        }
        using var run = RunReader.Open(folder.Path("run"));
        var results = run.Manifest().Get(GameSchema.GanSolvers)!;
        Assert.Equal(
            ["data", "even", "rmsprop", "adam", "sga", "extragradient", "consensus", "learned", "network"],
            results.Select(one => one.Solver));
        Assert.All(results.Skip(2), one => Assert.Equal(2, one.EachSeed.Count));
        Assert.Equal(3 + 7, Figures.Of(run).Count);
        Assert.Contains("Samples that are spread evenly have", Story.Of(run), StringComparison.Ordinal);
    }

    [Fact]
    public void The_included_rule_is_better_than_classic_ones_on_other_seeds()
    {
        using var scope = NewDisposeScope();
        var trial = new GanTrial(Seeds: 4, FirstSeed: 501);
        var learned = GanCourse.Of(trial, GanSolver.Learned("gan", trial, 1), 10);
        var (_, even) = trial.References();
        foreach (var (name, factor) in new[] { ("adam", 1.35), ("consensus", 1) })
        {
            var classic = GanCourse.Of(trial, GanSolver.Of(ClassicRule.Found(name)), 10);
            Assert.InRange(learned.Final.Share, Math.Max(factor * classic.Final.Share, even.Share), 1);
            Assert.InRange(learned.Final.Mmd2, 0, Math.Min(classic.Final.Mmd2, even.Mmd2));
        }
        Assert.InRange(learned.LeastModes, 15, 16);
    }

    [Fact]
    public void A_search_keeps_the_settings_with_the_least_distance()
    {
        using var scope = NewDisposeScope();
        var (rule, least) = new RuleSearch(Settings: 3, Seeds: 2).Best(Trial, "adam");
        Assert.Contains(rule, Enumerable.Range(0, 3).Select(i => ClassicRule.Drawn("adam", 1, i)));
        // libtorch's batched products, which draw the samples, may round differently from call to call.
        foreach (var i in Enumerable.Range(1, 3))
            Assert.InRange(new RuleSearch(Settings: i, Seeds: 2).Best(Trial, "adam").Mmd2, least - 1e-6, double.PositiveInfinity);
    }

    [Fact]
    public void A_training_of_a_rule_resumes_from_its_checkpoint_to_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Run("whole", null, default);
        using var stop = new CancellationTokenSource();
        Run("stopped", progress => { if (progress.Done == 4) stop.Cancel(); }, stop.Token);
        using (var resumption = Resumption.Of(folder.Path("stopped")))
        {
            Assert.Equal((GanEvolutionRun.Kind, Evolution), (resumption.Kind, resumption.Study));
            resumption.Continue(null, null, default);
        }
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("stopped")));
        var (one, other) =
            (RuleFile.Read(folder.Path("whole/weights.safetensors")), RuleFile.Read(folder.Path("stopped/weights.safetensors")));
        Assert.True((one == other).all().ToBoolean());
        using var run = RunReader.Open(folder.Path("whole"));
        Assert.Equal(one.data<double>().ToArray(), run.Manifest().Get(GameSchema.Rule)!);
        Assert.Equal(2, Figures.Of(run).Count);

        void Run(string name, Action<StudyProgress>? progress, CancellationToken token)
        {
            using var writer = RunWriter.Create(folder.Path(name));
            GanEvolutionRun.Kind.Of(Evolution, writer, TimeProvider.System, CheckpointPace.Usual).Run("test", progress, token);
        }
    }

    [Fact]
    public void A_training_of_a_network_resumes_from_its_checkpoint_to_the_same_bits()
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

    [Fact]
    public void A_file_that_holds_no_rule_is_refused_with_one_line()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.Path("a.safetensors");
        Assert.StartsWith($"{path}: rule.theta has shape [3]", Fault(zeros(3)), StringComparison.Ordinal);
        Assert.Contains("finite", Fault(full(24, float.NaN)), StringComparison.Ordinal);
        RuleFile.Write(path, arange(24, dtype: ScalarType.Float64) / 24);
        Assert.True(RuleFile.IsRule(path));
        Assert.Equal(0.5, RuleFile.Read(path)[12].ToDouble());
        Assert.StartsWith(
            "nothing.safetensors: neither a file",
            Assert.Throws<ExperimentException>(() => GanSolver.Learned("nothing.safetensors", Trial, 1)).Message,
            StringComparison.Ordinal);

        string Fault(Tensor theta)
        {
            RuleFile.Write(path, theta);
            return Assert.Throws<InvalidDataException>(() => RuleFile.Read(path)).Message;
        }
    }

    [Theory]
    [InlineData("width: 0")]
    [InlineData("data: 'grit' is unknown; did you mean 'grid'?")]
    [InlineData("truncation: 7; it must divide the horizon, 1000")]
    [InlineData("measure_every: 20; it must divide the truncation, 50")]
    [InlineData("decay: 1; it must be below 1")]
    [InlineData("step_length: 0")]
    public void Invalid_settings_are_refused(string message)
    {
        Action refused = message[..3] switch
        {
            "wid" => () => new GanTraining(Width: 0).Checked(),
            "dat" => () => new GanTrial("grit").Checked(),
            "tru" => () => new GanEvolution(Truncation: 7).Checked(),
            "mea" => () => new GanEvolution(MeasureEvery: 20).Checked(),
            "dec" => () => new GanEvolution(Decay: 1).Checked(),
            _ => () => new GanTraining(StepLength: 0).Checked(),
        };
        Assert.StartsWith(message, Assert.Throws<ExperimentException>(refused).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<GanSolver> Solvers() =>
        [.. ClassicRule.Names.Select(name => GanSolver.Of(ClassicRule.Found(name))), GanSolver.Learned("gan", Trial, 1)];

    private static float[] Samples(Mixture data, int count, long seed = 1)
    {
        var (samples, noise) = (new float[2 * count], new CountedNoise(seed, 0));
        data.Fill(samples, ref noise);
        return samples;
    }
}
