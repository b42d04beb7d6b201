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
    [InlineData("1,2,3,4,5,6\n\n1,2,3,4,5,x\n", "line 3: 'x' is no number")]
    [InlineData("1,2,3,4,5,NaN\n", "line 1: 'NaN' is no number")]
    [InlineData("\n", "no games")]
    [InlineData("1,1,0,0,1,1\n0,1,0,0,1,0\n", "game 2 has no fixed point")]
    public void A_wrong_list_is_refused_by_its_line(string text, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("a.txt"), text);
        Assert.Contains(message, Assert.Throws<ExperimentException>(() => GameFile.Read(folder.Path("a.txt"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_comes_back_from_its_file_to_the_last_bit()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var a = GameEvaluation.Random(new TwoPlayerGames(), Stability.Saddle, seed: 3);
        GameFile.Write(folder.Path("a.txt"), a);
        var (read, expected) = (GameFile.Read(folder.Path("a.txt")), QuadraticGames.TwoPlayers(a));
        Assert.True((read.J == expected.J).all().ToBoolean() && (read.C == expected.C).all().ToBoolean());
    }

    [Fact]
    public void A_training_goes_on_from_its_checkpoint_as_if_it_had_not_stopped()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("whole")))
            new GameTrainingRun(Short, writer, TimeProvider.System, CheckpointPace.Always).Run("test", progress => CrashImages.Take(folder.Path("whole"), folder.Path($"killed-{progress.Epoch}")), default);
        using (var stop = new CancellationTokenSource())
        using (var writer = RunWriter.Create(folder.Path("stopped")))
            new GameTrainingRun(Short, writer, TimeProvider.System).Run("test", progress => { if (progress.Epoch == 2) stop.Cancel(); }, stop.Token);
        var whole = CrashImages.Contents(folder.Path("whole"));
        foreach (var name in new[] { "killed-1", "killed-2", "killed-3", "stopped" })
        {
            using (var resumption = Resumption.Of(folder.Path(name)))
            {
                Assert.Equal((GameTrainingRun.OnGames, Short), (resumption.Study, GameTraining.FromJson(resumption.Experiment)));
                new GameTrainingRun(Short, resumption.Run, TimeProvider.System).Resume(resumption.From!, null, default);
            }
            Assert.Equal(whole, CrashImages.Contents(folder.Path(name)));
            Assert.Equal(File.ReadAllBytes(folder.Path("whole/weights.safetensors")), File.ReadAllBytes(folder.Path($"{name}/weights.safetensors")));
        }
        using var run = RunReader.Open(folder.Path("whole"));
        Assert.Equal(["games_validation", "games_loss", "games_horizon"], Figures.Of(run).Select(figure => figure.Name));
        Assert.Contains("are kept", Story.Of(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_divergence_is_said_and_the_weights_are_those_from_before_it()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var start = Short.Method().Start();
        start.Fast.Theta.narrow(0, 0, 1).fill_(float.NaN);
        using (var writer = RunWriter.Create(folder.Path("run")))
            new GameTrainingRun(Short with { Epochs = 1 }, writer, TimeProvider.System).Run("run", start, null, default);
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal("epoch 1: the loss was no number; the weights are restored to those from its start", Assert.Single(run.Events()).Message);
    }

    [Theory]
    [InlineData("players: 3")]
    [InlineData("reach: 0")]
    [InlineData("epochs: 0")]
    [InlineData("unstable: 2")]
    [InlineData("unstable: no game of uniform")]
    public void Settings_without_sense_are_refused(string message)
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
    public void A_comparison_has_pictures_and_words()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var game = ClassicGames.Quadratic("mine", "", [1, 2, 0.5, -0.5, 1, 0]);
        IReadOnlyList<SolverResult> results;
        using (var writer = RunWriter.Create(folder.Path("run")))
            results = new GameComparison(game, 0.5, 0.5, 0.3).Run(writer, "mine", [("learned", ShippedOptimizers.Find("two-player"))]);
        Assert.Equal(8, results.Count);
        Assert.True(results.Single(one => one.Solver == "learned").Converged);
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(["games_trajectories", "games_gradient", "games_eigenvalues"], Figures.Of(run).Select(figure => figure.Name));
        Assert.StartsWith("The fixed point is stable", Story.Of(run), StringComparison.Ordinal);
        // Each way ends at the fixed point, where it arrives: J w = -c.
        var (x, y) = (-1 * 2 / 2.25, -0.5 / 2.25);
        foreach (var one in results.Where(one => one.Converged))
        {
            var last = run.Curves(one.Solver, "trajectory").Single().Points[^1];
            Assert.Equal(0, Math.Abs(last.X - x) + Math.Abs(last.Y - y), 0.01);
        }
    }

    [Fact]
    public void Every_classic_game_has_its_fixed_point_where_it_says()
    {
        using var scope = NewDisposeScope();
        foreach (var game in ClassicGames.Names.Select(ClassicGames.Named).OfType<ClassicGame>())
        {
            var w = tensor(new[,] { { game.FixedPoint.X, game.FixedPoint.Y } });
            Assert.Equal(0, game.Game.Xi(w).norm().ToDouble(), 1e-12);
        }
    }
}
