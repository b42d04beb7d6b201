using System.Text.Json;
using Brink.Graphs.Tests;
using Brink.Objectives;
using Brink.Taylor;
using Brink.Zoo.Checkpoints;
using Brink.Zoo.Datasets;

namespace Brink.Lab.Tests;

/// <summary>Checkpoints of trainings in PyTorch against the numbers of PyTorch, in float64.</summary>
public class WatchTests
{
    [Theory]
    [InlineData("adam-pt", true)]
    [InlineData("momentum-safetensors", false)]
    [InlineData("sgd-bare-pth", false)]
    [InlineData("sgd-bare-pth", true)]
    public void Checkpoints_have_the_spectra_that_PyTorch_gives(string training, bool batchStatistics)
    {
        using var scope = NewDisposeScope();
        var description = SharedModels.Required(Path.Combine("watch", training, "expected.json"));
        var folder = Path.GetDirectoryName(description)!;
        using var expected = JsonDocument.Parse(File.ReadAllText(description));
        var samples = SampleFile.Read(Path.Combine(folder, "probe.npz"));
        using var model = new ScriptWatched(
            Path.Combine(folder, "model.pt"), ScalarType.Float64, LossKind.CrossEntropy, samples.X.to(ScalarType.Float64), samples.Y, 500,
            batchStatistics);
        using var watch = new CheckpointWatch(model, new() { BatchStatistics = batchStatistics });
        var files = Directory.GetFiles(folder, "step*").Order(StringComparer.Ordinal).ToArray();
        var references = expected.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(references.Length, files.Length);
        foreach (var (file, whole) in files.Zip(references))
        {
            using var inner = NewDisposeScope();
            var checkpoint = TrainingCheckpoint.Read(file);
            var row = watch.Measure(checkpoint, checkpoint.Step!.Value);
            var reference = batchStatistics ? whole.GetProperty("batch_statistics") : whole;
            Assert.Equal(whole.GetProperty("step").GetInt64(), row.Step);
            Assert.Equal(reference.GetProperty("loss").GetDouble(), row.Loss, 1e-10);
            Assert.Equal(reference.GetProperty("gradient_norm").GetDouble(), row.GradientNorm, 1e-10);
            var largest = reference.GetProperty("top")[0].GetDouble();
            Near(reference.GetProperty("top"), row.Top, 1e-6 * largest);
            Near(reference.GetProperty("bottom"), row.Bottom, 1e-6 * largest);
            if (batchStatistics && whole.TryGetProperty("preconditioned_top", out var preconditioned)
                && preconditioned.ValueKind == JsonValueKind.Array)
            {
                Near(preconditioned, row.PreconditionedTop!, 1e-5 * preconditioned[0].GetDouble());
                Assert.Equal(0.003, row.LearningRate);
                Assert.Equal(38 / 0.003, row.Edge!.Value, 1e-6);
            }
            Assert.True(row.Converged);
        }

        static void Near(JsonElement values, IReadOnlyList<double> actual, double tolerance)
        {
            Assert.Equal(values.GetArrayLength(), actual.Count);
            Assert.All(values.EnumerateArray().Zip(actual), pair => Assert.Equal(pair.First.GetDouble(), pair.Second, tolerance));
        }
    }

    [Fact]
    public void The_edge_is_that_of_the_optimizer()
    {
        Assert.Equal(20, new WatchedOptimizer(WatchedMethod.Descent, 0.1).Edge!.Value, 1e-12);
        Assert.Equal(38, new WatchedOptimizer(WatchedMethod.Descent, 0.1, 0.9).Edge!.Value, 1e-12);
        Assert.Equal(3.8 / 0.28, new WatchedOptimizer(WatchedMethod.Nesterov, 0.1, 0.9).Edge!.Value, 1e-12);
        Assert.Equal(380, new WatchedOptimizer(WatchedMethod.Adam, 0.1, 0.9).Edge!.Value, 1e-9);
        Assert.Null(new WatchedOptimizer(WatchedMethod.Descent, null).Edge);
    }

    [Fact]
    public void A_checkpoint_of_Adafactor_is_measured_in_the_metric_of_its_step()
    {
        using var scope = NewDisposeScope();
        using var model = new Quadratic();
        using var watch = new CheckpointWatch(model, new(Top: 2, Bottom: 1, Preconditioned: 1, Tolerance: 1e-9));
        var checkpoint = TrainingCheckpoint.Read(TrainingCheckpoints.Pickles.Path("adafactor.pt"));
        var row = watch.Measure(checkpoint, 25);
        // theta, gradient and second moments of the file, as torch.optim.Adafactor takes its step: RMS(theta) eta g/sqrt(V) of each
        // parameter, shortened to a root mean square of 1.
        var theta = tensor(new[] { 1.0, 2, 3, 4, 5, 6, 0.5, -0.5 });
        var V = tensor(new[] { 2.0, 2.5, 3, 8, 10, 12, 2.5 * 0.25, 2.5 * 9 }) / 2.5;
        var u = Quadratic.Hessian().mv(theta) / V.sqrt();
        var alpha = cat([.. new[] { (0, 6), (6, 2) }.Select(part =>
        {
            var (length, update) = (Length(theta.narrow(0, part.Item1, part.Item2)), Length(u.narrow(0, part.Item1, part.Item2)));
            return full(part.Item2, 0.01 * length / Math.Max(1, update), dtype: ScalarType.Float64);
        })]);
        var s = (alpha / V.sqrt()).sqrt();
        // The step is at its edge where the largest eigenvalue of s H s is 2.
        var expected = linalg.eigvalsh(s.unsqueeze(1) * Quadratic.Hessian() * s).max().ToDouble();
        Assert.Equal(expected, row.EffectiveSharpness!.Value, 1e-8 * expected);
        Assert.Equal(200, row.Edge!.Value, 1e-9);
        Assert.Equal(expected / 0.01, row.PreconditionedTop![0], 1e-8 * expected / 0.01);
        Assert.Null(row.Doubt);

        static double Length(Tensor x) => Math.Sqrt(x.square().mean().ToDouble());
    }

    [Fact]
    public void A_checkpoint_of_an_optimizer_without_a_known_edge_says_so()
    {
        using var scope = NewDisposeScope();
        using var model = new Quadratic();
        using var watch = new CheckpointWatch(model, new(Top: 1, Bottom: 0));
        var read = TrainingCheckpoint.Read(TrainingCheckpoints.Pickles.Path("adafactor.pt"));
        var other = TrainingCheckpoint.Read(TrainingCheckpoints.Pickles.Path("nadam.pt")).Optimizer;
        var row = watch.Measure(read with { Optimizer = other }, 25);
        Assert.Null(row.EffectiveSharpness);
        Assert.Contains("No edge is known for the optimizer of the file, whose settings are lr, betas,", row.Doubt);
        var given = new CheckpointWatch(model, new(Top: 1, Bottom: 0, Given: new(WatchedMethod.Descent, 0.1)));
        Assert.Equal(20, given.Measure(read with { Optimizer = other }, 25).Edge!.Value, 1e-9);
        given.Dispose();
    }

    [Fact]
    public void A_checkpoint_whose_optimizer_does_not_fit_the_model_is_measured_without_an_edge()
    {
        using var scope = NewDisposeScope();
        using var model = new Quadratic();
        using var watch = new CheckpointWatch(model, new(Top: 1, Bottom: 0));
        var read = TrainingCheckpoint.Read(TrainingCheckpoints.Pickles.Path("adafactor.pt"));
        var part = read.Optimizer! with { Groups = [read.Optimizer!.Groups[0] with { Parameters = [1] }] };
        var row = watch.Measure(read with { Optimizer = part }, 25);
        Assert.Equal(9, row.Top[0], 1e-6);
        Assert.Null(row.EffectiveSharpness);
        Assert.Contains("the optimizer has 1 parameters and the model has 2", row.Doubt);
    }

    /// <summary>theta . H theta / 2 in a matrix and a bias.</summary>
    private sealed class Quadratic : IWatchedModel
    {
        private const int Dimension = 8;

        public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters => [("w", [2, 3]), ("b", [2])];

        public IReadOnlyList<string> Buffers => [];

        public IReadOnlyList<string> Remarks => [];

        public long Samples => 1;

        public UnitShifts? Shifts => null;

        public static Tensor Hessian()
        {
            using var generator = new Generator(3, CPU);
            var (Q, _) = linalg.qr(randn(Dimension, Dimension, dtype: ScalarType.Float64, generator: generator));
            return (Q * tensor(new[] { 9.0, 6, 4, 3, 2, 1, 0.5, -1 })).mm(Q.t());
        }

        public IObjective Batch(IReadOnlyList<long> samples) => throw new NotSupportedException();

        public (IObjective Loss, Tensor Theta) At(IReadOnlyDictionary<string, Tensor> values)
        {
            var H = Hessian();
            return (
                new DifferentiableSum(Dimension, ScalarType.Float64, 1, (theta, _) => theta.dot(H.mv(theta)) / 2),
                cat([.. Parameters.Select(one => values[one.Name].to(ScalarType.Float64).flatten())]));
        }

        public void Dispose()
        {
        }
    }
}
