using System.Text.Json;
using Brink.MiniBatches;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Taylor;
using Brink.Zoo.Formats;
using Brink.Zoo.Models;

namespace Brink.Lab.Tests;

/// <summary>Networks at the edge of stability against numbers of the code of Andreyev and Beneventano (arXiv 2412.20553), in float64;
/// skipped where ../shared/reference/eoss is not present.</summary>
public class BatchReferenceTests
{
    private static readonly string Folder = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../shared/reference/eoss"));

    private static readonly string Pictures = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../shared/data/cifar10/train-5k.bin"));

    private const int Images = 1000, Classes = 4;

    public static TheoryData<string> Runs => ["gd_lr0.01", "sgd_b8_lr0.01", "sgd_b128_lr0.01", "mom_gd_lr0.02"];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Checkpoints_have_the_curvatures_of_the_authors(string run)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Folder, "checkpoints.json")) && File.Exists(Pictures), $"{Folder} is not present");
        using var scope = NewDisposeScope();
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "checkpoints.json")));
        var expected = document.RootElement.GetProperty(run);
        var (inputs, targets) = Samples();
        var model = new Mlp([3072, 64, 64, Classes], Activation.Tanh);
        var theta = Theta(Path.Combine(Folder, expected.GetProperty("file").GetString()!));
        using var loss = Over(model, inputs, targets);
        using var expansion = loss.ExpandAt(theta);
        double Number(string name) => expected.GetProperty(name).GetDouble();
        Assert.Equal(Number("loss"), expansion.Loss, 1e-12);
        Assert.Equal(Number("grad_sq"), expansion.Gradient.square().sum().ToDouble(), 1e-9 * Number("grad_sq"));
        Assert.Equal(Number("dir_sharpness"), DirectionalSharpness.Of(expansion), 1e-8 * Number("dir_sharpness"));
        using (var tracker = new EigenpairTracker(new(3, 1e-6)))
        {
            var values = tracker.Track(expansion.Hessian(theta)).Values;
            foreach (var (value, i) in expected.GetProperty("lambda_top3").EnumerateArray().Select((value, i) => (value.GetDouble(), i)))
                Assert.Equal(value, values[i], 1e-8 * Number("lambda_max"));
        }
        var shifts = new UnitShifts(
            model.Dimension, Images, (start, count) => Described(model, inputs.narrow(0, start, count), targets.narrow(0, start, count)),
            1.0 / Images);
        Assert.Equal(264, shifts.Dimension);
        var (reduced, point) = shifts.At(theta);
        using (reduced)
        using (var curvature = reduced.CurvatureAt(point))
        {
            var trace = new XTrace((int)shifts.Dimension).Trace(curvature.Hessian(point));
            Assert.Equal(0, trace.StandardError);
            Assert.Equal(Number("trace"), trace.Value, 1e-8 * Number("trace"));
        }
        var critical = new CriticalLearningRate(Number("eta"), RelativeError: 1e-7)
            .Along(loss, theta, expansion.Gradient, expansion.Loss);
        Assert.Equal(Number("critical_lr"), critical.Value, 1e-5 * Number("critical_lr"));
        foreach (var size in expected.GetProperty("batch_sharpness_blocks").EnumerateObject())
        {
            var batch = int.Parse(size.Name, System.Globalization.CultureInfo.InvariantCulture);
            var blocks = new BatchSharpness(RelativeError: 0).At(
                theta, BatchOrder.Consecutive(Images, batch).Select(Batch), expansion.Gradient);
            Assert.Equal(size.Value.GetProperty("n").GetInt32(), blocks.Batches);
            var mean = size.Value.GetProperty("mean").GetDouble();
            Assert.Equal(mean, blocks.Sharpness, 1e-8 * mean);
            if (batch == Images) continue;
            var reference = expected.GetProperty("batch_sharpness").GetProperty(size.Name);
            var random = new BatchSharpness(RelativeError: 0.02).At(theta, BatchOrder.Random(Images, batch, seed: 1).Select(Batch));
            var error = Math.Sqrt(Math.Pow(random.StandardError, 2) + Math.Pow(reference.GetProperty("se").GetDouble(), 2));
            Assert.InRange(Math.Abs(random.Sharpness - reference.GetProperty("mean").GetDouble()), 0, 4 * error);
        }

        IObjective Batch(IReadOnlyList<long> samples)
        {
            var chosen = tensor(samples.ToArray());
            return Over(model, inputs.index_select(0, chosen), targets.index_select(0, chosen));
        }
    }

    private static TaylorLoss Over(Mlp model, Tensor inputs, Tensor targets) => TaylorLoss.Over(
        model.Dimension,
        (x, y) => Described(model, x, y),
        inputs,
        targets);

    private static Value Described(Mlp model, Tensor inputs, Tensor targets) =>
        Losses.SquaredError(model.Outputs(model.Layout.Values(), inputs), Value.Constant(targets));

    /// <summary>The first 1,000 images of the first four classes, with the authors' normalisation.</summary>
    private static (Tensor Inputs, Tensor Targets) Samples()
    {
        var images = Zoo.Datasets.Cifar10.Training(Pictures);
        int[] chosen =
            [.. images.Labels.Index().Where(one => one.Item < Classes).Take(Images).Select(one => one.Index)];
        const int Pixels = 3072;
        var bytes = chosen.SelectMany(i => images.Pixels.AsSpan(i * Pixels, Pixels).ToArray()).ToArray();
        var x = tensor(bytes).to(ScalarType.Float64).div_(255).reshape(Images, 3, Pixels / 3);
        var (mean, deviation) = (
            tensor(new[] { 0.4914, 0.4822, 0.4465 }).reshape(1, 3, 1), tensor(new[] { 0.2023, 0.1994, 0.2010 }).reshape(1, 3, 1));
        var labels = tensor(chosen.Select(i => (long)images.Labels[i]).ToArray());
        return (((x - mean) / deviation).flatten(1), nn.functional.one_hot(labels, Classes).to(ScalarType.Float64));
    }

    private static Tensor Theta(string path)
    {
        var tensors = Safetensors.Read(path).Tensors;
        return cat([.. Enumerable.Range(0, 3).SelectMany(i => new[] { $"layers.{i}.weight", $"layers.{i}.bias" })
            .Select(name => tensors[name].to(ScalarType.Float64).flatten())]);
    }
}
