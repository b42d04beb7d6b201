using Brink.Games;
using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Games;

namespace Brink.Lab.Tests;

public class GameRunTests
{
    private static readonly GameTraining Short = new(Epochs: 4, Batch: 16, ValidateEvery: 2, ValidationGames: 5, Reach: 2);

    [Theory]
    [InlineData("1,2,3,4,5\n", "line 1: 5 columns; a game has six")]
    [InlineData("1,2,3,4,5,6\n\n1,2,3,4,5,x\n", "line 3: 'x' is not a number")]
    [InlineData("1,2,3,4,5,NaN\n", "line 1: 'NaN' is not a number")]
    [InlineData("1e308,1,0,0,1,1\n", "line 1: '1e308' is too large; coefficients must be at most 1e+50")]
    [InlineData("\n", "no games")]
    [InlineData("1,1,0,0,1,1\n0,1,0,0,1,0\n", "game 2 has no fixed point")]
    public void An_invalid_list_is_refused_with_its_line(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("a.txt"), text);
        Assert.Contains(
            message, Assert.Throws<ExperimentException>(() => GameFile.Read(folder.Path("a.txt"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_is_read_back_from_its_file_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var a = GameEvaluation.Random(new TwoPlayerGames(), Stability.Saddle, seed: 3);
        GameFile.Write(folder.Path("a.txt"), a);
        var (read, expected) = (GameFile.Read(folder.Path("a.txt")), QuadraticGames.TwoPlayers(a));
        Assert.True((read.J == expected.J).all().ToBoolean() && (read.C == expected.C).all().ToBoolean());
    }

    [Fact]
    public void A_training_resumes_from_its_checkpoint_to_the_same_bits()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("whole")))
            new GameTrainingRun(Short, writer, TimeProvider.System, CheckpointPace.Always).Run(
                "test", progress => CrashImages.Take(folder.Path("whole"), folder.Path($"killed-{progress.Done}")), default);
        using (var stop = new CancellationTokenSource())
        using (var writer = RunWriter.Create(folder.Path("stopped")))
            new GameTrainingRun(Short, writer, TimeProvider.System).Run(
                "test", progress => { if (progress.Done == 2) stop.Cancel(); }, stop.Token);
        var whole = CrashImages.Contents(folder.Path("whole"));
        foreach (var name in new[] { "killed-1", "killed-2", "killed-3", "stopped" })
        {
            using (var resumption = Resumption.Of(folder.Path(name)))
            {
                Assert.Equal((GameTrainingRun.OnGames, Short), (resumption.Kind, resumption.Study));
                Assert.NotNull(resumption.From);
                resumption.Continue(null, null, default);
            }
            Assert.Equal(whole, CrashImages.Contents(folder.Path(name)));
            Assert.Equal(
                File.ReadAllBytes(folder.Path("whole/weights.safetensors")), File.ReadAllBytes(folder.Path($"{name}/weights.safetensors")));
        }
        using var run = RunReader.Open(folder.Path("whole"));
        Assert.Equal(["games_validation", "games_loss", "games_horizon"], Figures.Of(run).Select(figure => figure.Name));
        Assert.Contains("are kept", Story.Of(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_divergence_is_recorded_and_the_weights_are_restored()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var start = Short.Method().Start();
        start.Fast.Theta.narrow(0, 0, 1).fill_(float.NaN);
        using (var writer = RunWriter.Create(folder.Path("run")))
            new GameTrainingRun(Short with { Epochs = 1 }, writer, TimeProvider.System).Run("run", start, null, default);
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(
            "epoch 1: the loss was not finite; the weights from the start of the epoch are restored", Assert.Single(run.Events()).Message);
    }

    [Fact]
    public void An_epoch_that_ends_early_is_recorded()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var training = Short with { Epochs = 1, Reach = 20 };
        var start = training.Method().Start();
        LearnedOptimizer.Of(start.Fast.Theta, training.Hidden).OutputWeights.fill_(-3);
        RunSummary summary;
        using (var writer = RunWriter.Create(folder.Path("run")))
            summary = new GameTrainingRun(training, writer, TimeProvider.System).Run("run", start, null, default);
        using var run = RunReader.Open(folder.Path("run"));
        var recorded = Assert.Single(run.Events());
        Assert.Equal("ended_early", recorded.Kind);
        Assert.EndsWith(
            "the epoch ended early, after 10 of 50 steps, with the weights from its start", recorded.Message, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Failed, summary.Status);
    }

    [Fact]
    public void A_training_that_never_updates_its_weights_fails_and_keeps_none()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        RunSummary summary;
        using (var writer = RunWriter.Create(folder.Path("run")))
            summary = new GameTrainingRun(Short with { Reach = 1e300 }, writer, TimeProvider.System).Run("run", null, default);
        Assert.Equal(RunStatus.Failed, summary.Status);
        Assert.Contains("no weights are kept", summary.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder.Path("run"), "*.safetensors"));
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(Short.Epochs, run.Events().Count);
    }

    [Theory]
    [InlineData("batch: 2000000000; this needs at least", 0)]
    [InlineData("width: 1000000000, depth: 100, latent: 16, batch: 256, seeds: 2; this needs at least", 1)]
    [InlineData("batch: 2000000000, width: 32", 2)]
    public void Settings_that_exceed_the_memory_are_refused_with_the_memory_that_they_need(string message, int which)
    {
        Action refused = which switch
        {
            0 => () => (Short with { Batch = 2_000_000_000 }).Checked(),
            1 => () => new GanTrial("grid", 1_000_000_000, 100, 16, 256, 1, 2).Checked(),
            _ => () => new GanTraining(Batch: 2_000_000_000).Checked(),
        };
        Assert.StartsWith(message, Assert.Throws<ExperimentException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_protocol_starts_at_angles_in_single_precision()
    {
        using var scope = NewDisposeScope();
        var (clean, published) = (Starts(StopRule.Clean), Starts(StopRule.Published));
        Assert.Equal([50, 2], published.shape);
        // 2^50 modulo 2 pi differs in float32; the cosine of that angle is exact to 24 bits.
        Assert.Equal(Math.Cos(Math.ScaleB(1, 50)), clean[49, 0].ToDouble(), 1e-12);
        Assert.True((published == published.to(ScalarType.Float32).to(ScalarType.Float64)).all().ToBoolean());
        Assert.False((clean == published).all().ToBoolean());
        Assert.Contains(
            "starts: 0",
            Assert.Throws<ExperimentException>(() => GameEvaluation.Of("stable", new ConvergenceTest(), 0)).Message,
            StringComparison.Ordinal);

        static Tensor Starts(StopRule rule) => GameEvaluation.Of("stable", new ConvergenceTest(rule), 50).Starts;
    }

    [Theory]
    [InlineData("players: 3")]
    [InlineData("reach: 0")]
    [InlineData("epochs: 0")]
    [InlineData("unstable: 2")]
    [InlineData("unstable: 0.1; it must be 0")]
    public void Invalid_settings_are_refused(string message)
    {
        var training = message.Split(':')[0] switch
        {
            "players" => Short with { Players = 3 },
            "reach" => Short with { Reach = 0 },
            "epochs" => Short with { Epochs = 0 },
            _ => message.EndsWith('2') ? Short with { Unstable = 2 } : Short with { Coefficients = Coefficients.Uniform },
        };
        Assert.StartsWith(message, Assert.Throws<ExperimentException>(training.Checked).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_has_figures_and_sentences()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var game = ClassicGames.Quadratic("mine", "", [1, 2, 0.5, -0.5, 1, 0]);
        using (var writer = RunWriter.Create(folder.Path("run")))
            new GameComparison(game, 0.5, 0.5, 0.3).Run(writer, "mine", [("learned", ShippedOptimizers.Find("two-player"))]);
        using var run = RunReader.Open(folder.Path("run"));
        var results = run.Manifest().Get(GameSchema.Solvers)!;
        Assert.Equal(8, results.Count);
        Assert.True(results.Single(one => one.Solver == "learned").Converged);
        Assert.Equal(["games_trajectories", "games_gradient", "games_eigenvalues"], Figures.Of(run).Select(figure => figure.Name));
        Assert.StartsWith("The fixed point is stable", Story.Of(run), StringComparison.Ordinal);
        // Each converged path ends at the fixed point J w = -c.
        var (x, y) = (-1 * 2 / 2.25, -0.5 / 2.25);
        foreach (var one in results.Where(one => one.Converged))
        {
            var last = run.Curves(one.Solver, "trajectory").Single().Points[^1];
            Assert.Equal(0, Math.Abs(last.X - x) + Math.Abs(last.Y - y), 0.01);
        }
    }

    [Fact]
    public void Every_classic_game_has_its_stated_fixed_point()
    {
        using var scope = NewDisposeScope();
        foreach (var game in ClassicGames.Names.Select(ClassicGames.Named))
        {
            Assert.NotNull(game);
            var w = tensor(new[,] { { game.FixedPoint.X, game.FixedPoint.Y } });
            Assert.Equal(0, game.Game.Xi(w).norm().ToDouble(), 1e-12);
        }
    }
}
