using System.Globalization;
using System.Text.RegularExpressions;
using Brink.Runs;

namespace Brink.Lab.Tests;

public partial class PresetTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    public static TheoryData<string> Names => [.. Presets.All.Select(preset => preset.Name)];

    public static TheoryData<string> PaperNames => [.. Presets.All
        .Select(preset => preset.Name)
        .Where(name => name.StartsWith("paper/", StringComparison.Ordinal) && name.EndsWith("-small", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Names))]
    public void A_preset_is_valid_and_is_read_back_from_its_file(string name)
    {
        using var folder = new TemporaryFolder();
        var experiment = Presets.Named(name).Study;
        experiment.Checked();
        File.WriteAllText(folder.Path("experiment.yaml"), StudyYaml.Write(experiment));
        var read = ExperimentYaml.Read(folder.Path("experiment.yaml"));
        // Compares all values, and then the order of each list.
        Assert.Equivalent(experiment, read, strict: true);
        Assert.Equal(StudyYaml.Write(experiment), StudyYaml.Write(read));
    }

    [Fact]
    public void Names_are_unique_and_every_paper_experiment_has_a_small_one()
    {
        var names = Presets.All.Select(preset => preset.Name).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        var full = names
            .Where(name => name.StartsWith("paper/", StringComparison.Ordinal) && !name.EndsWith("-small", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(8, full.Length);
        Assert.All(full, name => Assert.Contains(name + "-small", names));
    }

    [Theory, MemberData(nameof(PaperNames))]
    public void Derivatives_of_the_papers_models_on_real_data_are_right(string name)
    {
        // Figures need third derivatives with errors below 1e-5 in float64.
        var experiment = OnSharedData(Presets.Named(name).Experiment);
        var (exact, precision) = ExperimentAudit.Run(experiment);
        Assert.True(exact.Passed, exact.Fault);
        Assert.True(precision.Passed, precision.Fault);
        Assert.InRange(exact.Checks.Single(check => check.Quantity == "third").RelativeError, 0, 1e-5);
    }

    [Theory, MemberData(nameof(PaperNames))]
    public void A_small_paper_experiment_matches_its_measurement_and_its_time_within_five_percent(string name)
    {
        var preset = Presets.Named(name);
        var row = File.ReadLines(Path.Combine(Root, "docs/benchmarks/edge-of-stability.md"))
            .Select(line => Measurement().Match(line))
            .Single(match => $"paper/{match.Groups["name"].Value}-small" == name);
        Assert.Equal($"{preset.Experiment.Data.Samples}", row.Groups["samples"].Value);
        Assert.Equal(preset.Experiment.LearningRate, Number("eta"));
        Assert.InRange(Number("seconds"), 1, 1.05 * preset.Cost.Seconds);

        double Number(string group) => double.Parse(row.Groups[group].Value, CultureInfo.InvariantCulture);
    }

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

    // The name of the experiment, its samples and its learning rate; the seconds are two columns later.
    [GeneratedRegex(@"^\| `(?<name>[\w-]+)`, (?<samples>\d+) .*η (?<eta>[\d.]+) \|[^|]*\|[^|]*\| (?<seconds>\d+) ")]
    private static partial Regex Measurement();

    private static Experiment OnSharedData(Experiment experiment)
    {
        var path = Path.GetFullPath(Path.Combine(
            Root,
            "../shared/data",
            experiment.Data.Set == DatasetName.Sst2 ? "sst2" : "cifar10/train-5k.bin"));
        Assert.SkipUnless(Path.Exists(path), $"{path} is absent");
        return experiment with { Data = experiment.Data with { Path = path } };
    }
}
