using Brink.Runs;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Lab.Tests;

public class Cifar10Tests
{
    // Real CIFAR-10 images, where available; they may not be redistributed.
    private static readonly string Shared = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../shared/data/cifar10/train-5k.bin"));

    [Fact]
    public void Records_of_several_files_are_read_in_order()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("data_batch_1.bin"), [.. Record(3, 7), .. Record(9, 8)]);
        File.WriteAllBytes(folder.Path("data_batch_2.bin"), Record(0, 9));
        var images = Cifar10.Training(folder.Path(""));
        Assert.Equal(new byte[] { 3, 9, 0 }, images.Labels);
        Assert.Equal((3, 32, 32), (images.Channels, images.Height, images.Width));
        Assert.Equal([7, 8, 9], Enumerable.Range(0, 3).Select(i => (int)images.Pixels[(i * 3072) + 3071]));
        Assert.Equal(2, Cifar10.Training(folder.Path("data_batch_1.bin")).Count);
        File.WriteAllBytes(folder.Path("test_batch.bin"), Record(4, 1));
        Assert.Equal(new byte[] { 4 }, Cifar10.Test(folder.Path("")).Labels);
        Assert.Equal(new byte[] { 0 }, Cifar10.Test(folder.Path("data_batch_2.bin")).Labels);
    }

    [Fact]
    public void Invalid_files_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.Path("short.bin"), Record(1, 1)[..3000]);
        File.WriteAllBytes(folder.Path("label.bin"), [.. Record(1, 1), .. Record(10, 1)]);
        Assert.Contains(
            "the file has 3,000 bytes; the size must be a multiple of 3,073",
            Assert.Throws<InvalidDataException>(() => Cifar10.Training(folder.Path("short.bin"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "record 1 has label 10",
            Assert.Throws<InvalidDataException>(() => Cifar10.Training(folder.Path("label.bin"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "test_batch.bin", Assert.Throws<FileNotFoundException>(() => Cifar10.Test(folder.Path(""))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "data_batch_1.bin",
            Assert.Throws<FileNotFoundException>(() => Cifar10.Training(folder.Path(""))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.kind=cnn", "loss=mse")]
    [InlineData("model.kind=cnn", "loss=cross-entropy")]
    [InlineData("model.kind=resnet18", "loss=binary-mse")]
    [InlineData("model.kind=mlp", "loss=logistic")]
    public void Models_on_real_images_pass_the_audit(string model, string loss)
    {
        Assert.SkipUnless(File.Exists(Shared), $"{Shared} is missing: CIFAR-10 may not be redistributed");
        string[] settings =
        [
            "data.set=cifar10", $"data.path={Shared}", "data.samples=20", "data.classes=[3, 5]", "data.pool=2",
            "micro_batch=20", model, loss
        ];
        var experiment = settings.Aggregate(Presets.Named("quickstart").Experiment, ExperimentYaml.With);
        var (exact, precision) = ExperimentAudit.Run(experiment);
        Assert.True(exact.Passed, exact.Fault);
        Assert.True(precision.Passed, precision.Fault);
    }

    [Fact]
    public void A_cnn_on_real_images_reaches_the_edge()
    {
        Assert.SkipUnless(File.Exists(Shared), $"{Shared} is missing: CIFAR-10 may not be redistributed");
        using var folder = new TemporaryFolder();
        string[] settings =
        [
            "data.set=cifar10", $"data.path={Shared}", "data.samples=48", "data.classes=[0, 1]", "data.pool=2", "micro_batch=48",
            "model={ kind: cnn, filters: 16 }", "learning_rate=0.03", "tracking.steps=20", "descent.max_steps=2000",
        ];
        var experiment = settings.Aggregate(Presets.Named("quickstart").Experiment, ExperimentYaml.With);
        using var writer = RunWriter.Create(folder.Path("run"));
        var summary = new EdgeOfStability(experiment, writer, TimeProvider.System).Run("cnn", null, CancellationToken.None);
        Assert.Equal(RunStatus.Completed, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        Assert.InRange(run.Manifest().Number("max_constraint_error")!.Value, 0, 1e-6);
    }

    [Fact]
    public void Binary_losses_and_smoothing_are_checked_and_saved()
    {
        var quickstart = Presets.Named("quickstart").Experiment;
        var odd = ExperimentYaml.With(ExperimentYaml.With(quickstart, "model.kind=cnn"), "weight_decay=0.01");
        Assert.Equal(new CnnSpec(32, Activation.Swish), odd.Model);
        Assert.Contains("kind: cnn", StudyYaml.Write(odd), StringComparison.Ordinal);
        foreach (var (assignment, message) in new[]
        {
            ("model.kind=cnm", "did you mean 'cnn'?"),
            ("model={ kind: cnn, filters: 20 }", "model.filters: 20; it must be a multiple of 16"),
            ("model={ kind: cnn, hidden: [3] }", "model.hidden: no such key"),
            ("model={ kind: transformer, heads: 3 }", "model.width: 64; it must be a multiple of model.heads, 3"),
            ("label_smoothing=1", "label_smoothing: 1"),
            ("weight_decay=-1", "weight_decay: -1"),
        })
            Assert.Contains(
                message,
                Assert.Throws<ExperimentException>(() => ExperimentYaml.With(quickstart, assignment)).Message,
                StringComparison.Ordinal);
        var three = ExperimentYaml.With(quickstart, "data.classes=[0, 1, 2]");
        Assert.Contains(
            "loss: logistic; binary losses need two data.classes",
            Assert.Throws<ExperimentException>(() => ExperimentYaml.With(three, "loss=logistic")).Message,
            StringComparison.Ordinal);
    }

    private static byte[] Record(byte label, byte pixel) => [label, .. Enumerable.Repeat(pixel, 3072)];
}
