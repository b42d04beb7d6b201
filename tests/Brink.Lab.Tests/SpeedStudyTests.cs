using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Datasets;

namespace Brink.Lab.Tests;

public class SpeedStudyTests
{
    private static readonly SpeedStudy Preset = (SpeedStudy)Presets.Named("speed/mlp-fashion-mnist").Study;

    private static readonly SpeedStudy Small = Preset with
    {
        Data = Preset.Data with { Samples = 60, Pool = 4 },
        Model = new MlpSpec([10], Zoo.Models.Activation.Tanh),
        LearningRates = [0.1, 0.4],
        Steps = 10,
        EvaluateEvery = 4,
        SharpnessSamples = 30,
        MicroBatch = 25,
    };

    [Fact]
    public void Every_process_is_recorded_at_every_evaluation()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Small, folder.Path("run"));
        Assert.Equal(RunStatus.Completed, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        foreach (var process in new[] { "gd@0.1", "gd@0.4", "gd@1/S" })
            foreach (var series in new[] { "train_loss", "test_loss", "train_accuracy", "test_accuracy", "sharpness", "time" })
                Assert.Equal([0, 4, 8, 10], run.Points(process, series).Select(point => point.Step));

        // All processes start at the same point; the time of a descent advances by eta at each step.
        Assert.Equal(run.Points("gd@0.1", "test_loss")[0].Value, run.Points("gd@1/S", "test_loss")[0].Value);
        Assert.Equal(run.Points("gd@0.1", "sharpness")[0].Value, run.Points("gd@1/S", "sharpness")[0].Value);
        Assert.Equal([0, 1.6, 3.2, 4], run.Points("gd@0.4", "time").Select(point => Math.Round(point.Value, 9)));
        Assert.InRange(run.Points("gd@0.1", "train_accuracy")[^1].Value, 0.15, 1);
        Assert.Equal(0.4, run.Manifest().Number("best_learning_rate"));
        Assert.Equal(3, run.Manifest().Node("results")!.AsArray().Count);
        foreach (var key in new[] { "dataset_checksum", "test_checksum", "audit", "audit_float32", "parameters", "seconds" })
            Assert.NotNull(run.Manifest().Node(key));

        Assert.Equal(["Training speed"], Figures.Chapters(run).Select(chapter => chapter.Title));
        Assert.Equal(StudyReports.Standard.Of(run).Groups.Single().Panels, Figures.Of(run).Select(figure => figure.Name));
        FigureImage.Write(Figures.Of(run), folder.Path("speed.svg"));
        Assert.Contains("After 10 steps, of 2 learning rates 0.4 had the lowest training loss", Story.Of(run), StringComparison.Ordinal);
        Assert.DoesNotContain("not reached", Story.Of(run), StringComparison.Ordinal);
    }

    [Fact]
    public void The_saved_study_reproduces_its_numbers()
    {
        using var folder = new TemporaryFolder();
        Run(Small, folder.Path("one"));
        Run(Assert.IsType<SpeedStudy>(ExperimentYaml.Read(folder.Path("one/experiment.yaml"))), folder.Path("two"));
        using var one = RunReader.Open(folder.Path("one"));
        using var two = RunReader.Open(folder.Path("two"));
        foreach (var key in one.Series())
            Assert.Equal(one.Points(key.Process, key.Name), two.Points(key.Process, key.Name));
    }

    [Fact]
    public void A_learning_rate_that_diverges_is_an_event_and_the_next_one_is_run()
    {
        using var folder = new TemporaryFolder();
        var squared = Small with { Loss = LossKind.Mse, LearningRates = [50, 0.01], Steps = 60 };
        var summary = Run(squared with { Model = new MlpSpec([10], Zoo.Models.Activation.Swish) }, folder.Path("run"));
        Assert.Equal(RunStatus.Completed, summary.Status);
        Assert.Contains("1 of them diverged", summary.Message, StringComparison.Ordinal);
        using var run = RunReader.Open(summary.Folder);
        var diverged = Assert.Single(run.Events(), one => one.Kind == "diverged");
        Assert.StartsWith("gd@50: loss", diverged.Message, StringComparison.Ordinal);
        Assert.Equal(60, run.Points("gd@0.01", "train_loss")[^1].Step);
        Assert.Equal(60, run.Points("gd@1/S", "train_loss")[^1].Step);
        Assert.Equal(0.01, run.Manifest().Number("best_learning_rate"));
        Assert.Contains("With η = 50 training diverged", Story.Of(run), StringComparison.Ordinal);
        Assert.NotEmpty(Figures.Of(run));
    }

    [Fact]
    public void An_interrupted_study_keeps_its_results()
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var summary = Run(
            Small,
            folder.Path("run"),
            progress =>
            {
                if (progress.Phase == "gd@0.4" && progress.Done == 8) cancel.Cancel();
            },
            cancel.Token);
        Assert.Equal((RunStatus.Interrupted, "interrupted in gd@0.4"), (summary.Status, summary.Message));
        using var run = RunReader.Open(summary.Folder);
        Assert.Equal([0, 4, 8], run.Points("gd@0.4", "train_loss").Select(point => point.Step));
        Assert.Equal(10, run.Points("gd@0.1", "train_loss")[^1].Step);
        Assert.Equal(0.1, run.Manifest().Number("best_learning_rate"));
        Assert.NotEmpty(Figures.Of(run));
    }

    [Fact]
    public void A_sample_is_correct_where_output_and_target_have_the_same_largest_entry()
    {
        using var scope = NewDisposeScope();
        var outputs = tensor(new[,] { { 1.0, 3, 2 }, { 0, -1, -2 }, { 5, 4, 6 }, { 1, 2, 0 } });
        var smoothed = tensor(new[,] { { 0.1, 0.8, 0.1 }, { 0.8, 0.1, 0.1 }, { 0.8, 0.1, 0.1 }, { 0.1, 0.8, 0.1 } });
        Assert.Equal(3, ScoredSamples.Right(outputs, smoothed));
        var one = tensor(new[] { 0.5, -2.0, 3.0 }).unsqueeze(1);
        Assert.Equal(1, ScoredSamples.Right(one, tensor(new[] { 1.0, 1.0, -1.0 }).unsqueeze(1)));
    }

    [Fact]
    public void Test_images_are_standardised_by_the_training_images()
    {
        using var scope = NewDisposeScope();
        var training = new LabelledImages(1, 1, 2, 2, [0, 2, 4, 6], [0, 1]);   // mean 3, variance 5
        var test = new LabelledImages(1, 1, 2, 2, [3, 8, 9, 9], [1, 0]).Only([1, 0]);
        Assert.Equal([0, 1], test.Labels);
        var (inputs, _) = test.StandardisedBy(training, 1, ScalarType.Float64);
        Assert.Equal(0, inputs[0, 0, 0, 0].ToDouble(), 1e-15);
        Assert.Equal(Math.Sqrt(5), inputs[0, 0, 0, 1].ToDouble(), 1e-12);
        Assert.Equal([9, 9], new LabelledImages(1, 1, 2, 3, [3, 8, 9, 9], [1, 2]).Only([2, 0]).Pixels);
    }

    [Theory]
    [InlineData("learning_rates=[]", "learning_rates: number of learning rates: 0; it must be at least 1")]
    [InlineData("learning_rates=[0.1, -1]", "learning_rates[1]: -1; it must be above 0")]
    [InlineData("learning_rates=[0.1, 0.10]", "learning_rates: 0.1 is listed 2 times; list each learning rate once")]
    [InlineData("learning_rates=0.1", "learning_rates: a list of numbers is expected")]
    [InlineData("steps=0", "steps: 0; it must be at least 1")]
    [InlineData("evaluate_every=0", "evaluate_every: 0")]
    [InlineData("sharpness_samples=61", "sharpness_samples: 61; it must be at most data.samples, 60")]
    [InlineData("data={ set: sst2, classes: [0, 1] }", "data.set: sst2")]
    [InlineData("tracking.steps=3", "tracking: no such key")]
    public void Invalid_settings_are_refused_in_one_line(string assignment, string message) => Assert.Contains(
        message,
        Assert.Throws<ExperimentException>(() => ExperimentYaml.With(Small, assignment)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_file_names_its_study()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(7, Assert.IsType<SpeedStudy>(Read("study: speed\nsteps: 7")).Steps);
        Assert.Equal(3000, Assert.IsType<SpeedStudy>(Read("preset: speed/resnet18-cifar10")).Steps);
        Assert.IsType<Experiment>(Read("study: edge"));
        Assert.Equal(
            StudyYaml.Write(Small), StudyYaml.Write(Read(StudyYaml.Write(Small))));
        Assert.Contains("'spede' is unknown", Wrong("study: spede"), StringComparison.Ordinal);
        Assert.Contains("of the kind 'edge'", Wrong("study: speed\npreset: smoke"), StringComparison.Ordinal);

        string Wrong(string yaml) => Assert.Throws<ExperimentException>(() => Read(yaml)).Message;

        Study Read(string yaml)
        {
            File.WriteAllText(folder.Path("study.yaml"), yaml);
            return ExperimentYaml.Read(folder.Path("study.yaml"));
        }
    }

    [Fact]
    public void A_single_file_of_images_has_no_test_images()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(
            folder.Path("train.bin"),
            [.. Enumerable.Range(0, 20).SelectMany(i => Enumerable.Range(0, 3073).Select(k => (byte)(k == 0 ? i % 10 : k)))]);
        var study = Small with
        {
            Data = Small.Data with { Set = DatasetName.Cifar10, Path = folder.Path("train.bin"), Samples = 20 },
            SharpnessSamples = 5,
        };
        var error = Assert.Throws<ExperimentException>(() => Run(study, folder.Path("run")));
        Assert.Contains("--set test_path=PATH", error.Message, StringComparison.Ordinal);
    }

    private static RunSummary Run(
        SpeedStudy study, string folder, Action<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var writer = RunWriter.Create(folder);
        return new TrainingSpeed(study, writer, TimeProvider.System).Run("test", progress, cancellation);
    }
}
