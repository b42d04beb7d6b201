using System.IO.Compression;
using Brink.Lab.Tests.Fuzzing;
using Brink.Tests;
using Brink.Zoo.Checkpoints;
using Brink.Zoo.Formats;
using static Brink.Lab.Tests.TrainingCheckpoints.Pickles;

namespace Brink.Lab.Tests.TrainingCheckpoints;

public class TrainingCheckpointTests
{
    [Fact]
    public void A_lightning_checkpoint_has_its_state_step_and_optimizer()
    {
        using var scope = NewDisposeScope();
        var read = TrainingCheckpoint.Read(Path("lightning.ckpt"));
        Assert.Equal(["model.w", "model.b"], read.State.Keys);
        Assert.Equal([1.5, -2], Numbers(read.State["model.w"]));
        Assert.Equal([3], Numbers(read.State["model.b"]));
        Assert.Equal((400L, "global_step"), (read.Step, read.StepSource));
        Assert.Empty(read.Remarks);

        var optimizer = read.Optimizer!;
        Assert.Equal(400, optimizer.Step);
        Assert.Equal([0.25, 4], Numbers(optimizer.Parameters[0].Tensors["exp_avg_sq"]));
        Assert.Equal([9], Numbers(optimizer.Parameters[1].Tensors["exp_avg_sq"]));
        Assert.Equal(["exp_avg", "exp_avg_sq"], optimizer.Parameters[1].Tensors.Keys);
        var group = Assert.Single(optimizer.Groups);
        Assert.Equal((0.001, (0.9, 0.999), 1e-8, 0.01), (group.LearningRate, group.Betas, group.Epsilon, group.WeightDecay));
        Assert.Equal((false, null, null), (group.Amsgrad, group.Nesterov, group.Momentum));
        Assert.Equal([0L, 1], group.Parameters);
    }

    [Fact]
    public void Every_type_and_every_view_of_a_storage_is_read()
    {
        using var scope = NewDisposeScope();
        var state = TrainingCheckpoint.Read(Path("types.pt")).State;
        (string Name, ScalarType Type)[] types =
        [
            ("Double", ScalarType.Float64), ("Float", ScalarType.Float32), ("Half", ScalarType.Float16), ("BFloat16", ScalarType.BFloat16),
            ("Long", ScalarType.Int64), ("Int", ScalarType.Int32), ("Short", ScalarType.Int16), ("Char", ScalarType.Int8),
            ("Byte", ScalarType.Byte),
        ];
        foreach (var (name, type) in types)
        {
            Assert.Equal(type, state[name].dtype);
            Assert.Equal([1, 2], Numbers(state[name]));
        }
        Assert.Equal(ScalarType.Bool, state["Bool"].dtype);
        Assert.Equal([1, 0], Numbers(state["Bool"]));
        Assert.Equal(ScalarType.Int16, state["Untyped"].dtype);
        Assert.Equal([7], Numbers(state["Untyped"]));
        Assert.Equal([3L, 4], state["rows"].shape);
        Assert.Equal([.. Enumerable.Range(0, 12).Select(i => (double)i)], Numbers(state["rows"]));
        Assert.Equal(Numbers(state["rows"].t()), Numbers(state["transposed"]));
        Assert.Equal([5, 6, 9, 10], Numbers(state["slice"]));
        Assert.Equal([0, 2, 4, 6, 8, 10], Numbers(state["every second"]));
        Assert.Equal([9, 10, 11, 9, 10, 11], Numbers(state["expanded"]));
        Assert.Equal((0L, 11.0), (state["scalar"].dim(), state["scalar"].item<double>()));
        Assert.Equal([0L, 3], state["empty"].shape);
        Assert.All(state.Values, tensor => Assert.True(tensor.is_contiguous()));
    }

    [Fact]
    public void A_state_dict_in_two_dictionaries_and_an_optimizer_of_two_groups_are_found()
    {
        using var scope = NewDisposeScope();
        var read = TrainingCheckpoint.Read(Path("nested.pth"));
        Assert.Equal(["w", "b"], read.State.Keys);
        Assert.Equal((7L, "iteration"), (read.Step, read.StepSource));
        Assert.Equal(["the entry 'extra' of the state dict is not a tensor"], read.Remarks);
        var optimizer = read.Optimizer!;
        Assert.Null(optimizer.Step);
        Assert.Equal([0.5, 0.25], Numbers(optimizer.Parameters[0].Tensors["momentum_buffer"]));
        Assert.Empty(optimizer.Parameters[1].Tensors);
        Assert.Equal([(0.1, 0.9, true), (0.2, 0.9, false)], optimizer.Groups.Select(one => (one.LearningRate, one.Momentum, one.Nesterov)));
        // The names in the file decide, not the order.
        var indices = optimizer.IndicesByName([("b", [1L]), ("w", [2L])], "a.pt");
        Assert.Equal((0L, 1L), (indices["w"], indices["b"]));
    }

    [Fact]
    public void The_factors_and_settings_of_Adafactor_are_read()
    {
        using var scope = NewDisposeScope();
        var read = TrainingCheckpoint.Read(Path("adafactor.pt"));
        var optimizer = read.Optimizer!;
        var group = Assert.Single(optimizer.Groups);
        Assert.Equal((OptimizerMethod.Adafactor, 0.01, null, null), (group.Method, group.LearningRate, group.Betas, group.Epsilon));
        Assert.Equal(new AdafactorSettings(null, 0.001, 1), group.Adafactor);
        Assert.Equal((25L, 25L), (read.Step, optimizer.Step));
        Assert.Equal([2L, 1], optimizer.Parameters[0].Tensors["row_var"].shape);
        Assert.Equal([0.25, 9], Numbers(optimizer.Parameters[1].Tensors["variance"]));
        var indices = optimizer.IndicesByName([("w", [2L, 3]), ("b", [2L])], "a.pt");
        Assert.Equal((0L, 1L), (indices["w"], indices["b"]));
        Assert.Throws<InvalidDataException>(() => optimizer.IndicesByName([("w", [3L, 2]), ("b", [2L])], "a.pt"));
    }

    [Fact]
    public void The_method_of_an_optimizer_follows_from_the_names_of_its_settings()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(OptimizerMethod.Adam, TrainingCheckpoint.Read(Path("lightning.ckpt")).Optimizer!.Groups[0].Method);
        Assert.All(TrainingCheckpoint.Read(Path("nested.pth")).Optimizer!.Groups, group => Assert.Equal(OptimizerMethod.Sgd, group.Method));
        var nadam = TrainingCheckpoint.Read(Path("nadam.pt")).Optimizer!.Groups[0];
        Assert.Equal(OptimizerMethod.Other, nadam.Method);
        Assert.Contains("momentum_decay", nadam.Settings);
    }

    [Fact]
    public void A_bare_state_dict_has_the_step_of_its_file_name()
    {
        using var scope = NewDisposeScope();
        var read = TrainingCheckpoint.Read(Path("bare-12.pth"));
        Assert.Equal(["w", "b"], read.State.Keys);
        Assert.Equal((12L, "the file name", null), (read.Step, read.StepSource, read.Optimizer));
    }

    [Fact]
    public void A_scalar_next_to_a_state_dict_is_not_a_state_dict()
    {
        using var scope = NewDisposeScope();
        var read = TrainingCheckpoint.Read(Path("loss.pt"));
        Assert.Equal([5], Numbers(Assert.Single(read.State).Value));
        Assert.Equal((21L, "step"), (read.Step, read.StepSource));
    }

    [Fact]
    public void A_key_selects_one_of_several_state_dicts()
    {
        using var scope = NewDisposeScope();
        Refused("two.pt", "the file holds several state dicts: generator, discriminator; give the key of one of them");
        var read = TrainingCheckpoint.Read(Path("two.pt"), "discriminator");
        Assert.Equal([2], Numbers(read.State["w"]));
        Assert.Equal((4L, "epoch"), (read.Step, read.StepSource));
        Assert.Equal([1, 2], Numbers(TrainingCheckpoint.Read(Path("nested.pth"), "model.state_dict").State["w"]));
        var error = Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Read(Path("two.pt"), "critic"));
        Assert.EndsWith("the file holds no state dict 'critic'; its keys are generator, discriminator, epoch", error.Message);
    }

    [Fact]
    public void Safetensors_and_npz_are_recognized_by_their_content()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder.Path("step_9.bin"), new Dictionary<string, Tensor> { ["w"] = ones(2) });
        var read = TrainingCheckpoint.Read(folder.Path("step_9.bin"));
        Assert.Equal((9L, "the file name"), (read.Step, read.StepSource));
        Safetensors.Write(
            folder.Path("step_9.bin"),
            new Dictionary<string, Tensor> { ["w"] = ones(2) },
            new Dictionary<string, string> { ["step"] = "8" });
        Assert.Equal(8L, TrainingCheckpoint.Read(folder.Path("step_9.bin")).Step);
        NumpyArchive.Write(folder.Path("a"), ("w", new[] { 1.0, 2 }, [2]), ("global_step", new[] { 30L }, []));
        read = TrainingCheckpoint.Read(folder.Path("a"));
        Assert.Equal(["w"], read.State.Keys);
        Assert.Equal((30L, "global_step"), (read.Step, read.StepSource));
    }

    [Theory]
    [InlineData("malicious.pt", "refers to os.system; a checkpoint of tensors and plain containers does not, and nothing of it was run")]
    [InlineData("malicious-posix.pt", "refers to posix.system; a checkpoint of tensors")]
    [InlineData("malicious-4.pt", "refers to builtins.eval; a checkpoint of tensors")]
    [InlineData("cycle.pt", "values are nested more than 64 levels deep")]
    [InlineData("deep.pt", "values are nested more than 64 levels deep")]
    [InlineData("bomb.pt", "the file holds no state dict; its keys are a; save model.state_dict()")]
    [InlineData("expanded.pt", "the tensors of the storage '0' need memory out of proportion to the file; save contiguous tensors")]
    [InlineData("views.pt", "the tensors of the storage '0' need memory out of proportion to the file; save contiguous tensors")]
    [InlineData("memo.pt", "the file holds no state dict; its keys are ; save model.state_dict()")]
    [InlineData("long.pt", "the pickle is truncated at byte 13; the file is damaged, save it again")]
    [InlineData("big-endian.pt", "the byte order is not little-endian; save the checkpoint on a little-endian machine")]
    [InlineData("legacy.pth", "this is the format of PyTorch before 1.6; save it again with torch.save")]
    [InlineData("plain.pth", "this is a pickle without the archive of torch.save")]
    [InlineData("../../torchscript/mlp.pt", "this is a TorchScript model, not a checkpoint")]
    public void What_is_not_a_checkpoint_is_refused_in_one_line(string name, string message) => Refused(name, message);

    [Fact]
    public void Nothing_of_a_malicious_file_is_run() => Assert.False(File.Exists("/tmp/brink-was-here"));

    [Theory]
    [InlineData("lightning.ckpt")]
    [InlineData("types.pt")]
    [InlineData("nested.pth")]
    public void A_pickle_truncated_at_any_byte_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        using var zip = ZipFile.OpenRead(Path(name));
        (string Name, byte[] Content)[] entries = [.. zip.Entries.Select(entry => (entry.FullName, CheckedEntry.Read(entry)))];
        var pickle = Array.FindIndex(entries, entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal));
        var whole = entries[pickle].Content;
        for (var length = 0; length < whole.Length; length++)
        {
            entries[pickle].Content = whole[..length];
            File.WriteAllBytes(folder.Path("a.pt"), Archives.Zip(CompressionLevel.NoCompression, entries));
            var error = Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Read(folder.Path("a.pt")));
            Assert.StartsWith($"{folder.Path("a.pt")}: ", error.Message);
        }
    }

    [Fact]
    public void Compressed_entries_and_wrong_checksums_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var zip = ZipFile.OpenRead(Path("bare-12.pth"));
        (string, byte[])[] entries = [.. zip.Entries.Select(entry => (entry.FullName, CheckedEntry.Read(entry)))];
        File.WriteAllBytes(folder.Path("a.pt"), Archives.Zip(CompressionLevel.SmallestSize, entries));
        Assert.EndsWith(
            "is compressed, which torch.save does not do; save the checkpoint again",
            Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Read(folder.Path("a.pt"))).Message);
        var bytes = File.ReadAllBytes(Path("bare-12.pth"));
        bytes[bytes.AsSpan().IndexOf(BitConverter.GetBytes(1f))] ^= 1;
        File.WriteAllBytes(folder.Path("a.pt"), bytes);
        Assert.EndsWith(
            "damaged: the checksum is wrong",
            Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Read(folder.Path("a.pt"))).Message);
    }

    [Fact]
    public void No_tensor_is_left_behind() => Live.AssertUnchanged(() =>
    {
        using var scope = NewDisposeScope();
        foreach (var name in new[] { "lightning.ckpt", "types.pt", "nested.pth", "adafactor.pt" }) TrainingCheckpoint.Read(Path(name));
        Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Read(Path("big-endian.pt")));
    });

    private static void Refused(string name, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Read(Path(name)));
        Assert.StartsWith($"{Path(name)}: {message}", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
