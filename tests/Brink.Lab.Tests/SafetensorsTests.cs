using System.Buffers.Binary;
using System.Text;
using Brink.Tests;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

public class SafetensorsTests
{
    // Written by hand from the description of the format: F32 [1.5, -2] and a scalar I64 258.
    private const string HandHeader =
        """{"__metadata__":{"by":"a hand"},"b":{"dtype":"I64","shape":[],"data_offsets":[0,8]}"""
        + ""","a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""";

    private static readonly byte[] HandData = [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0];

    [Fact]
    public void The_file_is_byte_for_byte_that_of_the_format()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.Path("a.safetensors");
        Safetensors.Write(
            path,
            new Dictionary<string, Tensor> { ["a"] = tensor(new[] { 1.5f, -2f }), ["b"] = tensor(258L) },
            new Dictionary<string, string> { ["by"] = "a hand" });
        Assert.NotEqual(0, HandHeader.Length % 8);   // so that padding is needed
        var padded = HandHeader.PadRight((HandHeader.Length + 7) / 8 * 8);
        Assert.Equal(File(padded, HandData), System.IO.File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path("")));

        // Readers accept files without padding: the format requires padding only of writers.
        System.IO.File.WriteAllBytes(path, File(HandHeader, HandData));
        var (tensors, metadata) = Safetensors.Read(path);
        Assert.Equal([1.5f, -2f], tensors["a"].data<float>().ToArray());
        Assert.Equal((258L, 0L), (tensors["b"].item<long>(), tensors["b"].dim()));
        Assert.Equal("a hand", metadata["by"]);
    }

    [Fact]
    public void Every_type_shape_and_name_is_read_back_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0.0, -1.0, 3.25, 100, -7, 5 }).view(2, 3);
        ScalarType[] types =
        [
            ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
            ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
        ];
        var written = types.ToDictionary(type => $"{type}/weight", type => values.abs().to(type));
        written["transposed"] = values.t();
        written["every second"] = arange(10, dtype: ScalarType.Int16)[TensorIndex.Slice(step: 2)];
        written["scalar"] = tensor(Math.PI);
        written["empty"] = zeros([0, 3], ScalarType.Float32);
        written["ein \"Name\" mit ü"] = tensor(new[] { double.NaN, double.PositiveInfinity, -0.0, double.Epsilon });
        written["learnt"] = ones(2).requires_grad_();
        Safetensors.Write(folder.Path("all"), written, new Dictionary<string, string> { ["ü"] = "\"\n" });
        var (read, metadata) = Safetensors.Read(folder.Path("all"));
        Assert.Equal(written.Keys.Order(), read.Keys.Order());
        Assert.Equal("\"\n", metadata["ü"]);
        foreach (var (name, tensor) in written)
        {
            Assert.Equal((tensor.dtype, string.Join(",", tensor.shape)), (read[name].dtype, string.Join(",", read[name].shape)));
            if (tensor.numel() == 0) continue;
            Assert.Equal(tensor.detach().contiguous().bytes.ToArray(), read[name].bytes.ToArray());
        }
        var bytes = System.IO.File.ReadAllBytes(folder.Path("all"));
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(bytes) % 8);
        // Replaces an existing file; an empty set of tensors is allowed.
        Safetensors.Write(folder.Path("all"), new Dictionary<string, Tensor>());
        Assert.Empty(Safetensors.Read(folder.Path("all")).Tensors);
    }

    [Theory]
    [InlineData("overlap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""")]
    [InlineData(
        "there is a gap",
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[5,7]}}""")]
    [InlineData("there is a gap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[1,5]}}""")]
    [InlineData("truncated", """{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}""")]
    [InlineData("bytes follow the last tensor", """{"a":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}}""")]
    [InlineData("'a': the data have 8 bytes; F32 [3] takes 12", """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""")]
    [InlineData(
        "too large for 64 bits",
        """{"a":{"dtype":"F64","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]}}""")]
    [InlineData(
        "too large for 64 bits",
        """{"a":{"dtype":"F64","shape":[4611686018427387904,4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}""")]
    [InlineData("begin at most end", """{"a":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}}""")]
    [InlineData("begin at most end", """{"a":{"dtype":"U8","shape":[8],"data_offsets":[8]}}""")]
    [InlineData("a list of integers of at least 0", """{"a":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}}""")]
    [InlineData("a list of integers of at least 0", """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8.5]}}""")]
    [InlineData("'a': shape is missing", """{"a":{"dtype":"U8","data_offsets":[0,8]}}""")]
    [InlineData("'a': dtype is missing", """{"a":3}""")]
    [InlineData("the elements have type 'C64'; supported types are F64, F32", """{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""")]
    [InlineData("'a'", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""")]
    [InlineData("'shape'", """{"a":{"dtype":"U8","shape":[4],"shape":[8],"data_offsets":[0,8]}}""")]
    [InlineData("'k'", """{"__metadata__":{"k":"1","k":"2"}}""")]
    [InlineData("__metadata__ must be a JSON object whose values are strings", """{"__metadata__":{"a":1}}""")]
    [InlineData("the header is not valid JSON", """{"a":""")]
    [InlineData("does not begin with {", """[1]""")]
    public void An_invalid_header_is_refused_with_the_reason(string message, string header)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("wrong");
        System.IO.File.WriteAllBytes(path, File(header, new byte[8]));
        var error = Assert.Throws<InvalidDataException>(() => Safetensors.Read(path)).Message;
        Assert.StartsWith(path, error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void A_file_truncated_anywhere_is_refused_and_leaves_no_tensor()
    {
        using var folder = new TemporaryFolder();
        var whole = File(HandHeader, HandData);
        var before = Live.Tensors;
        for (var length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(folder.Path("cut"), whole[..length]);
            Assert.Throws<InvalidDataException>(() => Safetensors.Read(folder.Path("cut")));
        }
        byte[] endless = [.. Enumerable.Repeat((byte)0xff, 8), (byte)'{'];
        System.IO.File.WriteAllBytes(folder.Path("cut"), endless);
        Assert.Contains(
            "states a header of 18,446,744,073,709,551,615: it is truncated",
            Assert.Throws<InvalidDataException>(() => Safetensors.Read(folder.Path("cut"))).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, Live.Tensors);
    }

    [Fact]
    public void Types_that_the_format_lacks_are_not_written_and_the_old_file_is_unchanged()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.Path("old");
        System.IO.File.WriteAllText(path, "old");
        Assert.Contains("ComplexFloat32", Assert.Throws<ArgumentException>(() => Safetensors.Write(
            path, new Dictionary<string, Tensor> { ["z"] = zeros(2, ScalarType.ComplexFloat32) })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, new Dictionary<string, Tensor> { ["__metadata__"] = zeros(2) }));
        Assert.Equal("old", System.IO.File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path("")));
    }

    [Fact]
    public void Reading_and_writing_leave_no_tensor_behind()
    {
        using var folder = new TemporaryFolder();
        Live.AssertUnchanged(() =>
        {
            using var scope = NewDisposeScope();
            Safetensors.Write(folder.Path("a"), new Dictionary<string, Tensor> { ["a"] = ones(3, 4).t(), ["b"] = zeros(2) });
        });
        Live.AssertUnchanged(() =>
        {
            var read = Safetensors.Read(folder.Path("a")).Tensors;
            foreach (var tensor in read.Values) tensor.Dispose();
        });
    }

    private static byte[] File(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
