using Brink.Runs;

namespace Brink.Lab.Tests;

public class ResumeTests
{
    private static readonly Experiment Smoke = Presets.Named("smoke").Experiment with
    {
        Tracking = Presets.Named("smoke").Experiment.Tracking with { Steps = 24, TheoryEvery = 6, SharpnessEvery = 2 },
    };

    /// <summary>An experiment with two directions at the edge within these steps.</summary>
    private static readonly Experiment TwoDirections = Smoke with
    {
        Data = Smoke.Data with { Classes = [0, 1, 2, 3] },
        LearningRate = 0.2,
        Tracking = Smoke.Tracking with { Steps = 40 },
    };

    [Fact]
    public void A_killed_run_resumes_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var taken = CrashingRun(Smoke, folder, CheckpointPace.Always, (phase, step) =>
            phase == "descent" ? step is 0 or 9 or 14 : step is 0 or 1 or 13 or 23);
        Assert.InRange(taken.Count, 6, 7);
        var whole = CrashImages.Contents(folder.Path("whole"));
        foreach (var image in taken)
        {
            Assert.NotEqual(whole, CrashImages.Contents(image));
            Assert.Empty(Resume(image).DamagedParts);
            Assert.Equal(whole, CrashImages.Contents(image));
            Assert.Empty(CheckpointFiles.All(image));
        }
    }

    [Fact]
    public void A_killed_run_with_several_directions_resumes_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var taken = CrashingRun(TwoDirections, folder, CheckpointPace.Always, (phase, step) => phase == "edge" && step is 12 or 30);
        using (var reader = RunReader.Open(folder.Path("whole"))) Assert.True(reader.Manifest().Number("most_directions") >= 2);
        var whole = CrashImages.Contents(folder.Path("whole"));
        foreach (var image in taken)
        {
            Resume(image);
            Assert.Equal(whole, CrashImages.Contents(image));
        }
    }

    [Fact]
    public void A_killed_run_with_several_eigenvalues_continues_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var experiment = Smoke with { Tracking = Smoke.Tracking with { Eigenvalues = 4 } };
        var taken = CrashingRun(experiment, folder, CheckpointPace.Always, (phase, step) =>
            phase == "descent" ? step is 9 or 14 : step is 0 or 9 or 14);
        Assert.InRange(taken.Count, 4, 5);
        using (var reader = RunReader.Open(folder.Path("whole"))) Assert.NotEmpty(reader.Points("gd", "eigenvalue_4"));
        var whole = CrashImages.Contents(folder.Path("whole"));
        foreach (var image in taken)
        {
            Assert.Empty(Resume(image).DamagedParts);
            Assert.Equal(whole, CrashImages.Contents(image));
        }
    }

    [Fact]
    public void A_run_that_is_killed_twice_resumes_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var image = CrashingRun(Smoke, folder, CheckpointPace.Always, (phase, step) => phase == "edge" && step == 12)[0];
        Resume(image, CheckpointPace.Always, progress =>
        {
            if (progress is { Phase: "edge", Done: 19 }) CrashImages.Take(image, folder.Path("again"));
        });
        Resume(folder.Path("again"));
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("again")));
        using var reader = RunReader.Open(folder.Path("again"));
        Assert.Equal(2, reader.Manifest().Number("resumed"));
    }

    [Theory]
    [InlineData("descent", 12)]
    [InlineData("edge", 15)]
    public void An_interrupted_run_loses_no_step(string phase, int at)
    {
        using var folder = new TemporaryFolder();
        Run(Smoke, folder.Path("whole"), CheckpointPace.Usual);
        using var cancel = new CancellationTokenSource();
        var ended = Run(Smoke, folder.Path("run"), CheckpointPace.Usual, progress =>
        {
            if (progress.Phase == phase && progress.Done == at) cancel.Cancel();
        }, cancel.Token);
        Assert.Equal(RunStatus.Interrupted, ended.Status);
        Resume(folder.Path("run"));
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("run")));
    }

    [Fact]
    public void The_objective_ends_a_step_that_does_not_end_after_cancellation()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        CancellingObjective? seen = null;
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            var run = new EdgeOfStability(Smoke, writer, TimeProvider.System)
            {
                GracePeriod = TimeSpan.Zero,
                WrapLoss = objective => objective.Precision == ScalarType.Float64 ? seen = new(objective, cancel) : objective,
            };
            Assert.Equal(RunStatus.Interrupted, run.Run("test", null, cancel.Token).Status);
        }
        Assert.Equal(1, seen!.Calls);
        Run(Smoke, folder.Path("whole"), CheckpointPace.Usual);
        Resume(folder.Path("run"));
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("run")));
    }

    [Fact]
    public void A_run_killed_before_its_first_checkpoint_starts_again()
    {
        using var folder = new TemporaryFolder();
        var image = CrashingRun(Smoke, folder, CheckpointPace.Usual, (phase, step) => phase == "descent" && step == 5)[0];
        Assert.Empty(CheckpointFiles.All(image));
        Resume(image);
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(image));
    }

    [Fact]
    public void The_last_two_checkpoints_are_kept_and_the_older_one_replaces_a_damaged_one()
    {
        using var folder = new TemporaryFolder();
        var image = CrashingRun(Smoke, folder, CheckpointPace.Always, (phase, step) => phase == "edge" && step == 20)[0];
        var whole = CrashImages.Contents(folder.Path("whole"));
        var checkpoints = CheckpointFiles.All(image);
        Assert.Equal(2, checkpoints.Count);
        Assert.All(checkpoints, file => Assert.Null(CheckpointFiles.Fault(file)));
        var size = new FileInfo(checkpoints[0]).Length;
        var generator = new Random(1);
        // Positions in the length, the header, the checksum, the elements and the last byte.
        var random = Enumerable.Range(0, 20).Select(_ => generator.NextInt64(size));
        foreach (var place in new long[] { 0, 7, 9, 40, 120, size / 2, size - 1 }.Concat(random))
        {
            var bytes = File.ReadAllBytes(checkpoints[0]);
            bytes[place] ^= (byte)(1 << generator.Next(8));
            File.WriteAllBytes(folder.Path("flipped"), bytes);
            Assert.NotNull(CheckpointFiles.Fault(folder.Path("flipped")));
        }
        foreach (var length in new[] { 0, 4, 8, 100, size / 2, size - 1 })
        {
            File.WriteAllBytes(folder.Path("torn"), File.ReadAllBytes(checkpoints[0])[..(int)length]);
            Assert.NotNull(CheckpointFiles.Fault(folder.Path("torn")));
        }

        CrashImages.Take(image, folder.Path("one"));
        Flip(CheckpointFiles.All(folder.Path("one"))[0], size / 2);
        Assert.Contains("its checksum is wrong", Assert.Single(Resume(folder.Path("one")).DamagedParts), StringComparison.Ordinal);
        Assert.Equal(whole, CrashImages.Contents(folder.Path("one")));

        foreach (var file in checkpoints) Flip(file, size / 2);
        Assert.Equal(2, Resume(image).DamagedParts.Count);
        Assert.Equal(whole, CrashImages.Contents(image));
    }

    [Fact]
    public void A_damaged_store_is_reported_kept_and_computed_again()
    {
        using var folder = new TemporaryFolder();
        var image = CrashingRun(Smoke, folder, CheckpointPace.Always, (phase, step) => phase == "edge" && step == 20)[0];
        var whole = CrashImages.Contents(folder.Path("whole"));
        // A changed value in a store whose structure is intact.
        CrashImages.Take(image, folder.Path("changed"));
        Sql(folder.Path("changed"), "UPDATE point SET value = value + 1e-12 WHERE step = 3");
        Assert.Contains(
            Resume(folder.Path("changed")).DamagedParts,
            loss => loss.Contains("has other values than were written", StringComparison.Ordinal));
        Assert.Equal(whole, CrashImages.Contents(folder.Path("changed")));

        CrashImages.Take(image, folder.Path("missing"));
        Sql(folder.Path("missing"), "DELETE FROM curve_point WHERE i = 4");
        Assert.Contains(Resume(folder.Path("missing")).DamagedParts, loss => loss.Contains("the curve", StringComparison.Ordinal));
        Assert.Equal(whole, CrashImages.Contents(folder.Path("missing")));

        // A truncated file, and overwritten pages.
        foreach (var damage in new Action<string>[]
        {
            file => File.WriteAllBytes(file, File.ReadAllBytes(file)[..6000]),
            file =>
            {
                var bytes = File.ReadAllBytes(file);
                bytes.AsSpan(4096, 3 * 4096).Fill(0x5a);
                File.WriteAllBytes(file, bytes);
            },
        })
        {
            CrashImages.Take(image, folder.Path("damaged"));
            Sql(folder.Path("damaged"), "PRAGMA wal_checkpoint(TRUNCATE)");
            damage(folder.Path("damaged/run.db"));
            Assert.Contains(Resume(folder.Path("damaged")).DamagedParts, loss => loss.Contains("run.db.damaged", StringComparison.Ordinal));
            Assert.Equal(whole, CrashImages.Contents(folder.Path("damaged")));
            Assert.True(File.Exists(folder.Path("damaged/run.db.damaged")));
            Directory.Delete(folder.Path("damaged"), recursive: true);
        }
    }

    [Theory]
    [InlineData(null, "the run contains no experiment")]
    [InlineData("study: edge\nlearning_rate: fast\n", "learning_rate")]
    [InlineData("no study", "the key 'study' is missing")]
    public void A_refused_resumption_leaves_a_damaged_store_unchanged(string? experiment, string message)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Path("run"));
        File.WriteAllText(folder.Path("run/run.db"), new string('x', 5000));
        if (experiment is not null) File.WriteAllText(folder.Path("run/experiment.yaml"), experiment);
        for (var i = 0; i < 2; i++)
            Assert.Contains(
                message, Assert.Throws<ExperimentException>(() => Resumption.Of(folder.Path("run"))).Message, StringComparison.Ordinal);
        Assert.Equal(experiment is null ? 1 : 2, Directory.EnumerateFiles(folder.Path("run")).Count());
        Assert.Equal(new string('x', 5000), File.ReadAllText(folder.Path("run/run.db")));
        Assert.Contains("damaged", Assert.Single(RunVerification.Of(folder.Path("run")).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_another_experiment_or_version_is_not_resumed_and_the_difference_is_reported()
    {
        using var folder = new TemporaryFolder();
        var image = CrashingRun(Smoke, folder, CheckpointPace.Always, (phase, step) => phase == "edge" && step == 10)[0];
        Refused("whole", "completed; there is nothing to resume");
        Refused("image-0", "'learning_rate: 0.05', and the run has 'learning_rate: 0.06'", () =>
            File.WriteAllText(
                Path.Combine(image, "experiment.yaml"),
                StudyYaml.Write(Smoke).Replace("learning_rate: 0.06", "learning_rate: 0.05", StringComparison.Ordinal)));
        File.WriteAllText(Path.Combine(image, "experiment.yaml"), StudyYaml.Write(Smoke));
        // A checkpoint of another run, and a checkpoint of another version.
        Directory.CreateDirectory(folder.Path("second"));
        var elsewhere = new TemporaryFolderOf(folder.Path("second"));
        var second = CrashingRun(Smoke with { Seed = 3 }, elsewhere, CheckpointPace.Always, (phase, step) =>
            phase == "edge" && step == 10)[0];
        CrashImages.Take(image, folder.Path("mixed"));
        CheckpointFiles.Clear(folder.Path("mixed"));
        CrashImages.Take(Path.Combine(second, "checkpoints"), folder.Path("mixed/checkpoints"));
        Refused("mixed", "belongs to another experiment: 'seed: 3', and the run has 'seed: 0'");
        using (var scope = NewDisposeScope())
        {
            var checkpoint = Checkpoint.Read(CheckpointFiles.All(image)[0]);
            var manifest = new Dictionary<string, string>(checkpoint.Mark.Manifest, StringComparer.Ordinal) { ["version"] = "\"0.0.9\"" };
            (checkpoint with { Mark = checkpoint.Mark with { Manifest = manifest } }).Write(image);
        }
        Refused("image-0", "written with version 0.0.9, and this program has ");

        void Refused(string name, string message, Action? before = null)
        {
            before?.Invoke();
            Assert.Contains(
                message, Assert.Throws<ExperimentException>(() => Resumption.Of(folder.Path(name))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_speed_study_resumes_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var preset = (SpeedStudy)Presets.Named("speed/mlp-fashion-mnist").Study;
        var study = preset with
        {
            Data = preset.Data with { Samples = 60, Pool = 4 },
            Model = new MlpSpec([10], Zoo.Models.Activation.Tanh),
            LearningRates = [0.1, 0.4],
            Steps = 12,
            EvaluateEvery = 4,
            SharpnessSamples = 30,
            MicroBatch = 25,
        };
        var seen = 0;
        using (var writer = RunWriter.Create(folder.Path("whole")))
            new TrainingSpeed(study, writer, TimeProvider.System, CheckpointPace.Always).Run("test", _ =>
            {
                if (++seen % 13 == 0) CrashImages.Take(folder.Path("whole"), folder.Path($"image-{seen / 13}"));
            }, default);
        var whole = CrashImages.Contents(folder.Path("whole"));
        for (var i = 1; i <= seen / 13; i++)
        {
            using (var scope = NewDisposeScope())
            {
                using var resumption = Resumption.Of(folder.Path($"image-{i}"));
                new TrainingSpeed((SpeedStudy)resumption.Study, resumption.Run, TimeProvider.System)
                    .Resume(resumption.From!, null, default);
            }
            Assert.Equal(whole, CrashImages.Contents(folder.Path($"image-{i}")));
        }
    }

    [Fact]
    public void A_comparison_of_policies_resumes_to_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var study = SteeringStudyTests.Small;
        var seen = 0;
        using (var writer = RunWriter.Create(folder.Path("whole")))
            new SteeringComparison(study, writer, TimeProvider.System, CheckpointPace.Always).Run("test", _ =>
            {
                if (++seen % 101 == 0) CrashImages.Take(folder.Path("whole"), folder.Path($"image-{seen / 101}"));
            }, default);
        var whole = CrashImages.Contents(folder.Path("whole"));
        Assert.InRange(seen / 101, 2, 20);
        for (var i = 1; i <= seen / 101; i++)
        {
            using (var scope = NewDisposeScope())
            {
                using var resumption = Resumption.Of(folder.Path($"image-{i}"));
                new SteeringComparison((SteeringStudy)resumption.Study, resumption.Run, TimeProvider.System)
                    .Resume(resumption.From!, null, default);
            }
            Assert.Equal(whole, CrashImages.Contents(folder.Path($"image-{i}")));
        }
    }

    [Fact]
    public void Checkpoints_take_at_most_their_share_of_the_time()
    {
        var pace = CheckpointPace.Usual;
        Assert.False(pace.IsDue(TimeSpan.FromSeconds(29), TimeSpan.Zero));
        Assert.True(pace.IsDue(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(0.3)));
        Assert.False(pace.IsDue(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)));
        Assert.True(pace.IsDue(TimeSpan.FromSeconds(99), TimeSpan.FromSeconds(1)));
        Assert.True(CheckpointPace.Always.IsDue(TimeSpan.Zero, TimeSpan.FromHours(1)));
    }

    /// <summary>Runs an experiment to its end in the folder whole, and copies its files at the selected steps.</summary>
    private static List<string> CrashingRun(
        Experiment experiment, TemporaryFolder folder, CheckpointPace pace, Func<string, long, bool> when) =>
        CrashingRun(experiment, new TemporaryFolderOf(folder.Path("")), pace, when);

    private static List<string> CrashingRun(
        Experiment experiment, TemporaryFolderOf folder, CheckpointPace pace, Func<string, long, bool> when)
    {
        var images = new List<string>();
        var taken = new HashSet<(string, long)>();
        Run(experiment, folder.Path("whole"), pace, progress =>
        {
            if (!when(progress.Phase, (long)progress.Done) || !taken.Add((progress.Phase, (long)progress.Done))) return;
            images.Add(folder.Path($"image-{images.Count}"));
            CrashImages.Take(folder.Path("whole"), images[^1]);
        });
        return images;
    }

    private static RunSummary Run(
        Experiment experiment, string folder, CheckpointPace pace, Action<StudyProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var writer = RunWriter.Create(folder);
        return new EdgeOfStability(experiment, writer, TimeProvider.System, pace).Run("test", progress, cancellation);
    }

    private static Resumption Resume(string folder, CheckpointPace? pace = null, Action<StudyProgress>? progress = null)
    {
        using var scope = NewDisposeScope();
        using var resumption = Resumption.Of(folder);
        var run = new EdgeOfStability((Experiment)resumption.Study, resumption.Run, TimeProvider.System, pace);
        var summary = resumption.From is { } from ? run.Resume(from, progress, default) : run.Run("test", progress, default);
        Assert.Equal(RunStatus.Completed, summary.Status);
        return resumption;
    }

    private static void Flip(string file, long place)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[place] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static void Sql(string run, string text)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={run}/run.db;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private sealed record TemporaryFolderOf(string Root)
    {
        public string Path(string name) => System.IO.Path.Combine(Root, name);
    }
}
