using System.Text.Json;
using Brink.Graphs.Tests;
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
}
