using Brink.Runs;

namespace Brink.Lab.Tests;

public class PresetTests
{
    public static TheoryData<string> Names => [.. Presets.All.Select(preset => preset.Name)];

    public static TheoryData<string> PaperNames => [.. Presets.All
        .Select(preset => preset.Name)
        .Where(name => name.StartsWith("paper/", StringComparison.Ordinal) && name.EndsWith("-small", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Names))]
    public void A_preset_is_sound_and_is_read_back_from_its_file(string name)
    {
        using var folder = new TemporaryFolder();
        var preset = Presets.Named(name);
        Assert.Equal(preset.Experiment, preset.Experiment.Checked());
        File.WriteAllText(folder.Path("experiment.yaml"), StudyYaml.Write(preset.Experiment));
        Assert.Equal(
            StudyYaml.Write(preset.Experiment), StudyYaml.Write(ExperimentYaml.Read(folder.Path("experiment.yaml"))));
        Assert.InRange(preset.Cost.Seconds, 1, int.MaxValue);
        Assert.InRange(preset.Cost.MemoryMb, 100, 100_000);
    }

    [Fact]
    public void Names_are_unique_and_every_paper_experiment_has_a_small_one()
    {
        var names = Presets.All.Select(preset => preset.Name).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        var full = names.Where(name => name.StartsWith("paper/", StringComparison.Ordinal) && !name.EndsWith("-small", StringComparison.Ordinal)).ToArray();
        Assert.Equal(8, full.Length);
        Assert.All(full, name => Assert.Contains(name + "-small", names));
    }

    [Theory, MemberData(nameof(PaperNames))]
    public void Derivatives_of_the_papers_models_on_real_data_are_right(string name)
    {
        // The number that a figure rests on: third derivatives below 1e-5 in float64.
        var experiment = OnSharedData(Presets.Named(name).Experiment);
        var (exact, precision) = ExperimentAudit.Run(experiment);
        Assert.True(exact.Passed, exact.Fault);
        Assert.True(precision.Passed, precision.Fault);
        Assert.InRange(exact.Checks.Single(check => check.Quantity == "third").RelativeError, 0, 1e-5);
    }

    [Theory, MemberData(nameof(PaperNames))]
    public void A_small_paper_experiment_says_at_most_ten_minutes(string name) =>
        Assert.InRange(Presets.Named(name).Cost.Seconds, 1, 600);

    [Fact, Trait("speed", "slow")]
    public void The_small_ResNet_with_cross_entropy_meets_the_edge_and_is_held_there()
    {
        var preset = OnSharedData(Presets.Named("paper/resnet18-cifar10-ce-small").Experiment);
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            var experiment = preset with { Tracking = preset.Tracking with { Steps = 8 } };
            var summary = new EdgeOfStability(experiment, writer, TimeProvider.System).Run("resnet", null, CancellationToken.None);
            Assert.True(summary.Status == RunStatus.Completed, summary.Message);
        }
        using var run = RunReader.Open(folder.Path("run"));
        var manifest = run.Manifest();
        Assert.InRange(manifest.Number("instability_step")!.Value, 1, 20);
        Assert.InRange(manifest.Number("active_steps")!.Value, 5, 9);
        Assert.InRange(manifest.Number("max_constraint_error")!.Value, 0, preset.Tracking.ConstraintTolerance);
        Assert.InRange(manifest.Number("max_alignment_error")!.Value, 0, preset.Tracking.ConstraintTolerance);
        Assert.Equal(0, manifest.Number("not_converged"));
    }

    private static Experiment OnSharedData(Experiment experiment)
    {
        var path = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory,
            "../../../../../shared/data",
            experiment.Data.Set == DatasetName.Sst2 ? "sst2" : "cifar10/train-5k.bin"));
        Assert.SkipUnless(Path.Exists(path), $"{path} is absent");
        return experiment with { Data = experiment.Data with { Path = path } };
    }
}
