using System.Globalization;
using Brink.Graphs.Onnx;
using Brink.Graphs.Onnx.Schema;
using Google.Protobuf;
using static Brink.Graphs.Tests.Onnx.Protos;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Damaged files end in a graph whose references hold, or in a message of one line, with memory in proportion to the
/// file.</summary>
/// <remarks>BRINK_FUZZ_INPUTS is the number of files, BRINK_FUZZ_SEED their seed (docs/guide/reliability.md).</remarks>
public class DamagedModelTests
{
    private const int UsualInputs = 20_000;

    /// <summary>An empty message takes two bytes, and some hundred in memory.</summary>
    private const long FixedMemory = 8L << 20, MemoryOfAByte = 512;

    private static readonly ulong[] Lengths = [0, 1, 127, 128, 1000, int.MaxValue, uint.MaxValue, 1UL << 40, ulong.MaxValue];

    [Fact]
    public void A_damaged_file_gives_a_graph_or_a_message()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("model.onnx");
        var valid = Valid();
        var random = new Random(Setting("BRINK_FUZZ_SEED", 1));
        var read = 0;
        for (var i = 0; i < Setting("BRINK_FUZZ_INPUTS", UsualInputs); i++)
        {
            var bytes = valid[random.Next(valid.Count)];
            for (var damages = random.Next(1, 6); damages > 0; damages--) bytes = Damaged(bytes, valid[random.Next(valid.Count)], random);
            File.WriteAllBytes(path, bytes);
            if (IsRead(path, bytes, i)) read++;
        }
        // Damage to names and numbers leaves a valid file at times.
        Assert.InRange(read, 1, int.MaxValue);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path("")));
    }

    private static bool IsRead(string path, byte[] bytes, int number)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            new OnnxReader().Recognises(path);
            FunctionTests.AssertSound(new OnnxReader().Read(path));
            return true;
        }
        catch (GraphException e)
        {
            Assert.True(e.Message.IndexOfAny(['\n', '\r']) < 0 && e.Message.Length < 1000, $"file {number}: {e.Message}");
            Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
            return false;
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"file {number}: {e}", e);
        }
        finally
        {
            var memory = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                memory <= FixedMemory + (MemoryOfAByte * bytes.Length),
                $"file {number}: {memory:N0} bytes for {bytes.Length:N0} of the file");
        }
    }

    private static byte[] Damaged(byte[] bytes, byte[] other, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        var length = Math.Min(random.Next(random.Next(3) == 0 ? bytes.Length + 1 : 17), bytes.Length - at);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Length:
                bytes = [.. bytes];
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when at < bytes.Length:
                bytes = [.. bytes];
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
            case 4:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at, length), .. bytes.AsSpan(at)];
            case 5:
                return [.. bytes.AsSpan(0, at), .. other.AsSpan(random.Next(other.Length + 1))];
            case 6:
                var noise = new byte[length];
                random.NextBytes(noise);
                return [.. bytes.AsSpan(0, at), .. noise, .. bytes.AsSpan(at + length)];
            case 7:
                using (var number = new MemoryStream())
                {
                    using (var output = new CodedOutputStream(number, leaveOpen: true))
                        output.WriteUInt64(Lengths[random.Next(Lengths.Length)]);
                    return [.. bytes.AsSpan(0, at), .. number.ToArray(), .. bytes.AsSpan(Math.Min(at + 1, bytes.Length))];
                }
            default:
                // A changed field in an otherwise sound file: most damages are found by the parser alone.
                return Altered(bytes, random);
        }
    }

    /// <summary>Changes the meaning of a file that can still be parsed.</summary>
    private static byte[] Altered(byte[] bytes, Random random)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return bytes;
        }
        if (model.Graph is not { Node.Count: > 0 } graph) return bytes;
        var node = graph.Node[random.Next(graph.Node.Count)];
        var any = graph.Node[random.Next(graph.Node.Count)];
        switch (random.Next(9))
        {
            case 0: graph.Node.Remove(node); break;
            case 1: graph.Node.Insert(random.Next(graph.Node.Count), node.Clone()); break;
            case 2 when node.Input.Count > 0 && any.Output.Count > 0: node.Input[random.Next(node.Input.Count)] = any.Output[0]; break;
            case 3: node.OpType = any.OpType; break;
            case 4: node.Attribute.Add(any.Attribute); break;
            case 5: foreach (var tensor in graph.Initializer) tensor.DataType = random.Next(30); break;
            case 6: foreach (var tensor in graph.Initializer) tensor.Dims.Add((long)Lengths[random.Next(Lengths.Length)]); break;
            case 7: foreach (var attribute in node.Attribute) attribute.Type = (AttributeProto.Types.AttributeType)random.Next(16); break;
            default:
                model.Functions.Add(Function(node.OpType, [.. node.Input], [.. node.Output], any.Clone()));
                model.Functions[^1].Domain = node.Domain;
                break;
        }
        return model.ToByteArray();
    }

    private static List<byte[]> Valid()
    {
        string[] x = ["x"], y = ["y"];
        var branch = Graph([], ["r"], Node("Mul", ["x", "w"], ["r"])).With(Raw("w", 1, 2));
        ModelProto[] models =
        [
            Model(Graph(x, y, Node("Gemm", ["x", "w", ""], ["t"], Int("transB", 1)), Node("Relu", ["t"], y)).With(Raw("w", 1, 2, 3, 4))),
            Model(Graph(x, y, Node("If", x, y, Body("then_branch", branch), Body("else_branch", branch)))),
            Model(
                Graph(x, y, Call("F", x, ["t"], Int("axis", 1)), Call("F", ["t"], y)),
                Function(
                    "F", ["a"], ["b"],
                    Call("G", ["a"], ["t"]),
                    Node("Softmax", ["t"], ["b"], Reference("axis", "axis", AttributeProto.Types.AttributeType.Int))),
                Function("G", ["a"], ["b"], Node("Constant", [], ["c"], Tensor("value", Raw("", 1, 2))), Node("Mul", ["a", "c"], ["b"]))),
            Model(Graph(x, y, Node("Add", ["x", "w"], y)).With(External("w", "../../../../../../etc/passwd", 0, 8))),
        ];
        return
        [
            .. models.Select(model => model.ToByteArray()),
            .. SharedModels.Files(".onnx").Select(file => Path.Combine(SharedModels.Root, file)).Where(File.Exists)
                .Where(file => new FileInfo(file).Length < 8000).Select(File.ReadAllBytes),
        ];
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
