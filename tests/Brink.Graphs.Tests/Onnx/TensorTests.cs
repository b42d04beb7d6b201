using System.Runtime.InteropServices;
using Brink.Graphs.Onnx.Schema;
using Google.Protobuf;
using static Brink.Graphs.Onnx.Schema.TensorProto.Types;
using static Brink.Graphs.Tests.Onnx.Protos;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Stored tensors of every type and form.</summary>
public class TensorTests
{
    public static TheoryData<int, ElementType, byte[]> Typed => new()
    {
        { (int)DataType.Float, ElementType.Float32, Bytes<float>(1.5f, -2) },
        { (int)DataType.Double, ElementType.Float64, Bytes<double>(1.5, -2) },
        { (int)DataType.Float16, ElementType.Float16, Bytes<Half>((Half)1.5, (Half)(-2)) },
        { (int)DataType.Bfloat16, ElementType.BFloat16, Bytes<ushort>(0x3fc0, 0xc000) },
        { (int)DataType.Int8, ElementType.Int8, Bytes<sbyte>(127, -128) },
        { (int)DataType.Int16, ElementType.Int16, Bytes<short>(32767, -32768) },
        { (int)DataType.Int32, ElementType.Int32, Bytes(int.MaxValue, int.MinValue) },
        { (int)DataType.Int64, ElementType.Int64, Bytes(long.MaxValue, long.MinValue) },
        { (int)DataType.Uint8, ElementType.UInt8, Bytes<byte>(255, 0) },
        { (int)DataType.Uint16, ElementType.UInt16, Bytes<ushort>(65535, 0) },
        { (int)DataType.Uint32, ElementType.UInt32, Bytes<uint>(uint.MaxValue, 0) },
        { (int)DataType.Uint64, ElementType.UInt64, Bytes<ulong>(ulong.MaxValue, 0) },
        { (int)DataType.Bool, ElementType.Bool, Bytes<byte>(1, 0) },
    };

    [Theory, MemberData(nameof(Typed))]
    public void Numbers_and_bytes_give_the_same_tensor(int number, ElementType type, byte[] bytes)
    {
        var code = (DataType)number;
        var (raw, typed) = (Empty("raw", code, 2, 1), Empty("typed", code, 2, 1));
        raw.RawData = ByteString.CopyFrom(bytes);
        Store(typed, code, bytes);
        var graph = Read(raw, typed);
        foreach (var name in new[] { "raw", "typed" })
        {
            var data = graph.Constants[name].Data;
            Assert.Equal((type, 2L), (data.Type, data.Count));
            Assert.Equal([2L, 1L], data.Shape);
            Assert.Equal(bytes, data.Bytes.ToArray());
        }
        Assert.Equal(ConstantRole.Unstated, graph.Constants["raw"].Role);
    }

    [Fact]
    public void A_scalar_and_an_empty_tensor_are_read()
    {
        var scalar = Empty("s", DataType.Float);
        scalar.FloatData.Add(3);
        var graph = Read(scalar, Empty("e", DataType.Float, 3, 0, long.MaxValue));
        Assert.Equal((1, 4), (graph.Constants["s"].Data.Count, graph.Constants["s"].Data.Bytes.Length));
        Assert.Equal(0, graph.Constants["e"].Data.Bytes.Length);
    }

    [Theory]
    [InlineData((int)DataType.String, "string")]
    [InlineData((int)DataType.Complex64, "complex64")]
    [InlineData((int)DataType.Int4, "int4")]
    [InlineData((int)DataType.Float8E4M3Fn, "float8e4m3fn")]
    [InlineData((int)DataType.Uint2, "uint2")]
    [InlineData((int)DataType.Undefined, "undefined")]
    [InlineData(99, "number 99")]
    public void Other_types_are_refused_by_name(int type, string name) =>
        Assert.Contains(
            $"tensor 'w': elements of type {name} are not supported",
            Refusal(Empty("w", (DataType)type, 2)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("elements of type", 5, 1L << 40)]
    [InlineData("larger than 2 GB", 1, 1L << 40, 1L << 40)]
    [InlineData("larger than 2 GB", 1, 1L << 30)]
    [InlineData("larger than 2 GB", 1, long.MaxValue, 2L)]
    [InlineData("a dimension has size -1", 1, 2L, -1L)]
    [InlineData("the shape requires 1000000 elements, and 0 are stored", 1, 1000000L)]
    public void Sizes_are_checked_before_memory_is_allocated(string message, int type, params long[] shape)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Refusal(Empty("w", type == 5 ? DataType.String : DataType.Float, shape));
        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Elements_that_do_not_fit_are_refused()
    {
        var (wide, truth, raw) = (Empty("w", DataType.Int8, 1), Empty("w", DataType.Bool, 1), Empty("w", DataType.Float, 2));
        wide.Int32Data.Add(128);
        truth.RawData = ByteString.CopyFrom(2);
        raw.RawData = ByteString.CopyFrom(1, 2, 3);
        Assert.Contains("the element 128 does not fit its type", Refusal(wide), StringComparison.Ordinal);
        Assert.Contains("a truth value is neither 0 nor 1", Refusal(truth), StringComparison.Ordinal);
        Assert.Contains("the shape [2] takes 8 bytes, and 3 are stored", Refusal(raw), StringComparison.Ordinal);
    }

    [Fact]
    public void Sparse_and_segmented_tensors_are_refused()
    {
        var segmented = Raw("w", 1);
        segmented.Segment = new() { Begin = 0, End = 1 };
        Assert.Contains("stored in segments", Refusal(segmented), StringComparison.Ordinal);
        var graph = Graph(["x"], ["y"], Node("Relu", ["x"], ["y"]));
        graph.SparseInitializer.Add(new SparseTensorProto { Values = Raw("w", 1) });
        Assert.Contains("1 initializers are sparse", WrittenModel.Refusal(Model(graph)), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_is_kept_and_said_once()
    {
        var (a, b) = (Empty("a", DataType.Float16, 1), Empty("b", DataType.Float16, 1));
        a.Int32Data.Add(0x3c00);
        b.Int32Data.Add(0x3c00);
        var graph = Read(a, b);
        Assert.Equal(ElementType.Float16, graph.Constants["a"].Data.Type);
        Assert.Equal("Tensors are stored in float16 and are widened.", Assert.Single(graph.Remarks));
        Assert.Empty(Read(Raw("w", 1)).Remarks);
    }

    [Fact]
    public void Constant_nodes_become_constants()
    {
        var single = new AttributeProto { Name = "value_float", Type = AttributeProto.Types.AttributeType.Float, F = 2 };
        var floats = new AttributeProto { Name = "value_floats", Type = AttributeProto.Types.AttributeType.Floats };
        floats.Floats.Add([1, 2]);
        var ints = new AttributeProto { Name = "value_ints", Type = AttributeProto.Types.AttributeType.Ints };
        ints.Ints.Add([3, 4, 5]);
        var graph = WrittenModel.Read(Model(Graph(
            ["x"], ["y"],
            Node("Constant", [], ["a"], Tensor("value", Raw("", 1, 2))),
            Node("Constant", [], ["b"], floats),
            Node("Constant", [], ["c"], ints),
            Node("Constant", [], ["d"], single),
            Node("Constant", [], ["e"], Int("value_int", 6)),
            Node("Sum", ["x", "a", "b", "d"], ["y"]))));
        Assert.Equal("Sum", Assert.Single(graph.Nodes).Operator);
        Assert.Equal(["a", "b", "c", "d", "e"], graph.Constants.Keys);
        Assert.Equal(
            [ConstantRole.Unstated, ConstantRole.Unstated, ConstantRole.Fixed, ConstantRole.Unstated, ConstantRole.Fixed],
            graph.Constants.Values.Select(constant => constant.Role));
        Assert.Equal(Bytes<float>(1, 2), graph.Constants["b"].Data.Bytes.ToArray());
        Assert.Equal(Bytes<long>(3, 4, 5), graph.Constants["c"].Data.Bytes.ToArray());
        Assert.Empty(graph.Constants["d"].Data.Shape);
        Assert.Equal("a", graph.Constants["a"].Title);
    }

    private static Graph Read(params TensorProto[] tensors) => WrittenModel.Read(With(tensors));

    private static string Refusal(params TensorProto[] tensors) => WrittenModel.Refusal(With(tensors));

    private static ModelProto With(params TensorProto[] tensors) => Model(Graph(["x"], ["y"], Node("Relu", ["x"], ["y"])).With(tensors));

    private static byte[] Bytes<T>(params T[] elements)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(elements).ToArray();

    private static void Store(TensorProto tensor, DataType code, byte[] bytes)
    {
        switch (code)
        {
            case DataType.Float: tensor.FloatData.Add(MemoryMarshal.Cast<byte, float>(bytes).ToArray()); break;
            case DataType.Double: tensor.DoubleData.Add(MemoryMarshal.Cast<byte, double>(bytes).ToArray()); break;
            case DataType.Int64: tensor.Int64Data.Add(MemoryMarshal.Cast<byte, long>(bytes).ToArray()); break;
            case DataType.Uint64: tensor.Uint64Data.Add(MemoryMarshal.Cast<byte, ulong>(bytes).ToArray()); break;
            case DataType.Uint32:
                tensor.Uint64Data.Add(MemoryMarshal.Cast<byte, uint>(bytes).ToArray().Select(value => (ulong)value));
                break;
            case DataType.Int32: tensor.Int32Data.Add(MemoryMarshal.Cast<byte, int>(bytes).ToArray()); break;
            case DataType.Int16: tensor.Int32Data.Add(MemoryMarshal.Cast<byte, short>(bytes).ToArray().Select(value => (int)value)); break;
            case DataType.Int8: tensor.Int32Data.Add(bytes.Select(value => (int)(sbyte)value)); break;
            case DataType.Uint8 or DataType.Bool: tensor.Int32Data.Add(bytes.Select(value => (int)value)); break;
            default: tensor.Int32Data.Add(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(value => (int)value)); break;
        }
    }
}
