using System.Text.Json;
using Brink.Graphs.Tests;
using Brink.Zoo.Checkpoints;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests.TrainingCheckpoints;

/// <summary>Checkpoints that PyTorch wrote, in the folder watch of BRINK_MODELS, or else of ../shared/models next to the repository.
/// The tests are skipped where the folder is absent.</summary>
public class WatchedTrainingTests(ITestOutputHelper output)
{
    private static readonly string[] Parameters =
        ["c1.weight", "b1.weight", "b1.bias", "c2.weight", "b2.weight", "b2.bias", "fc.weight", "fc.bias"];

    [Theory]
    [InlineData("adam-pt", 14)]
    [InlineData("momentum-safetensors", 6)]
    [InlineData("sgd-bare-pth", 14)]
    public void Every_checkpoint_has_the_step_of_its_file_and_finite_tensors(string folder, int tensors)
    {
        var expected = JsonDocument.Parse(File.ReadAllBytes(Required(folder, "expected.json"))).RootElement.GetProperty("rows");
        var files = Files(folder);
        Assert.Equal(expected.GetArrayLength(), files.Length);
        foreach (var (file, row) in files.Zip(expected.EnumerateArray()))
        {
            using var scope = NewDisposeScope();
            var read = TrainingCheckpoint.Read(file);
            Assert.Equal(row.GetProperty("step").GetInt64(), read.Step);
            Assert.Equal(tensors, read.State.Count);
            Assert.All(read.State.Values, tensor => Assert.True(tensor.isfinite().all().ToBoolean()));
            Assert.Empty(read.Remarks);
            output.WriteLine($"{Path.GetFileName(file)}: step {read.Step} of {read.StepSource}; {string.Join(", ", read.State.Keys)}");
        }
    }

    [Fact]
    public void Second_moments_are_those_of_the_storages_in_the_file()
    {
        foreach (var file in Files("adam-pt"))
        {
            using var scope = NewDisposeScope();
            var read = TrainingCheckpoint.Read(file);
            var optimizer = read.Optimizer!;
            var group = Assert.Single(optimizer.Groups);
            Assert.Equal((0.003, (0.9, 0.99), 1e-8, 0.0), (group.LearningRate, group.Betas, group.Epsilon, group.WeightDecay));
            Assert.Equal((false, false), (group.Decoupled, group.Amsgrad));
            Assert.Equal(8, group.Parameters.Count);
            if (read.Step == 0)
            {
                Assert.Empty(optimizer.Parameters);
                continue;
            }
            Assert.Equal(read.Step, optimizer.Step);
            var indices = optimizer.IndicesByName(
                [.. Parameters.Select(name => (name, (IReadOnlyList<long>)read.State[name].shape))], file);
            foreach (var (name, index) in indices)
            {
                var moment = optimizer.Parameters[index].Tensors["exp_avg_sq"];
                Assert.Equal(read.State[name].shape, moment.shape);
                Assert.True(moment.ge(0).all().ToBoolean());
                // PyTorch numbers the storages: 14 of the model, then step, exp_avg and exp_avg_sq of each parameter.
                Assert.Equal(Storage(file, 16 + (3 * (int)index)), moment.bytes.ToArray());
            }
        }
    }

    [Fact]
    public void Names_with_the_prefix_module_are_mapped()
    {
        using var scope = NewDisposeScope();
        var stored = TrainingCheckpoint.Read(Files("momentum-safetensors")[0]).State.Keys;
        string[] model = ["c1.weight", "c1.bias", "c2.weight", "c2.bias", "fc.weight", "fc.bias"];
        var mapping = NameMapping.Of(stored, model, "a");
        Assert.Equal("6 of 6 names of the model are in the checkpoint with the prefix 'module.'", mapping.Summary);
    }

    [Theory]
    [InlineData("adam-pt")]
    [InlineData("sgd-bare-pth")]
    public void The_model_is_refused_as_a_checkpoint(string folder) => Assert.Contains(
        "this is a TorchScript model, not a checkpoint",
        Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Read(Required(folder, "model.pt"))).Message);

    private static byte[] Storage(string file, int number)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(file);
        return CheckedEntry.Read(zip.GetEntry($"{Path.GetFileNameWithoutExtension(file)}/data/{number}")!);
    }

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(Path.GetDirectoryName(Required(folder, "expected.json"))!, "step*").Order(StringComparer.Ordinal)];

    private static string Required(string folder, string file) => SharedModels.Required(Path.Combine("watch", folder, file));
}
