using System.Runtime.InteropServices;
using Brink.Graphs.Onnx.Schema;
using static Brink.Graphs.Tests.Onnx.Protos;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Tensors whose elements are in other files.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ExternalDataTests()
    {
        Directory.CreateDirectory(_folder.Path("m/sub"));
        Directory.CreateDirectory(_folder.Path("m-other"));
        _model = _folder.Path("m/model.onnx");
        foreach (var file in new[] { "m/w.bin", "m/sub/w.bin", "w.bin", "m-other/w.bin" })
            File.WriteAllBytes(_folder.Path(file), MemoryMarshal.AsBytes<float>([1, 2, 3, 4]).ToArray());
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("w.bin")]
    [InlineData("./w.bin")]
    [InlineData("sub/w.bin")]
    [InlineData("sub/../w.bin")]
    [InlineData("sub\\w.bin")]
    public void A_file_in_the_folder_is_read(string location)
    {
        var graph = WrittenModel.Read(With(External("w", location, 4, 8), External("v", location)), _model);
        Assert.Equal([2f, 3f], MemoryMarshal.Cast<byte, float>(graph.Constants["w"].Data.Bytes.Span).ToArray());
        Assert.Equal([1f, 2f], MemoryMarshal.Cast<byte, float>(graph.Constants["v"].Data.Bytes.Span).ToArray());
    }

    [Fact]
    public void A_model_named_without_a_folder_is_read()
    {
        var before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = _folder.Path("m");
            Assert.Single(WrittenModel.Read(With(External("w", "w.bin")), "model.onnx").Constants);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Theory]
    [InlineData("../w.bin")]
    [InlineData("sub/../../w.bin")]
    [InlineData("..\\w.bin")]
    [InlineData("../m-other/w.bin")]
    [InlineData("../m/w.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("\\w.bin")]
    [InlineData("C:\\w.bin")]
    [InlineData("C:w.bin")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("sub/..")]
    [InlineData("w\0.bin")]
    public void A_path_that_is_not_a_file_in_the_folder_is_refused(string location) =>
        Assert.Contains(
            "which is outside of the model's folder",
            WrittenModel.Refusal(With(External("w", location)), _model),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("link.bin", "../w.bin")]
    [InlineData("link.bin", "../m-other/w.bin")]
    [InlineData("link.bin", "link.bin")]
    [InlineData("out/w.bin", "..")]
    [InlineData("out/w.bin", "../m-other")]
    [InlineData("sub/up/../../w.bin", "../..")]
    public void A_symbolic_link_out_of_the_folder_is_refused(string location, string target)
    {
        var link = location.StartsWith("sub/up", StringComparison.Ordinal) ? "sub/up" : location.Split('/')[0];
        File.CreateSymbolicLink(_folder.Path("m/" + link), target);
        Assert.Contains(
            "which is outside of the model's folder",
            WrittenModel.Refusal(With(External("w", location)), _model),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbolic_link_within_the_folder_and_one_to_the_folder_are_followed()
    {
        File.CreateSymbolicLink(_folder.Path("m/link.bin"), "sub/w.bin");
        Directory.CreateSymbolicLink(_folder.Path("linked"), "m");
        Assert.Single(WrittenModel.Read(With(External("w", "link.bin")), _folder.Path("linked/model.onnx")).Constants);
    }

    [Theory]
    [InlineData("none.bin", 0, 8, "the file 'none.bin' with its external data is missing")]
    [InlineData("sub", 0, 8, "the file 'sub' with its external data is missing")]
    [InlineData("w.bin", 12, 8, "the 8 bytes from byte 12 on, and 'w.bin' has 16")]
    [InlineData("w.bin", long.MaxValue, 8, "and 'w.bin' has 16")]
    [InlineData("w.bin", 0, 12, "its shape takes 8 bytes, and its external data have 12")]
    [InlineData("w.bin", -4, 8, "the offset of its external data is '-4'")]
    public void A_range_that_does_not_fit_is_refused(string location, long offset, long length, string message) =>
        Assert.Contains(message, WrittenModel.Refusal(With(External("w", location, offset, length)), _model), StringComparison.Ordinal);

    [Fact]
    public void Many_tensors_of_the_same_bytes_take_them_once_and_overlapping_ones_are_refused()
    {
        var graph = WrittenModel.Read(With([.. Enumerable.Range(0, 100).Select(i => External($"w{i}", "w.bin", 4))]), _model);
        Assert.All(graph.Constants.Values, constant => Assert.True(constant.Data.Bytes.Equals(graph.Constants["w0"].Data.Bytes)));
        Assert.Contains(
            "tensors overlap in 'w.bin'",
            WrittenModel.Refusal(With([.. Enumerable.Range(0, 3).Select(i => External($"w{i}", "w.bin", 4 * i))]), _model),
            StringComparison.Ordinal);
    }

    private static ModelProto With(params TensorProto[] tensors) =>
        Model(Graph(["x"], ["y"], Node("Relu", ["x"], ["y"])).With(tensors));
}
