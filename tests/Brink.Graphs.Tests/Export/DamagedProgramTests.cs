using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Brink.Graphs.Export;

namespace Brink.Graphs.Tests.Export;

/// <summary>A damaged file gives a consistent graph or the documented exception with one line, within a bounded memory.</summary>
/// <remarks>BRINK_FUZZ_INPUTS is the number of files, BRINK_FUZZ_SEED their seed.</remarks>
public class DamagedProgramTests
{
    private const int UsualInputs = 20_000;
    private const int LongestMessage = 1000;
    private const long FixedMemory = 8L << 20, MemoryOfAByte = 256;   // bytes

    private static readonly string[] Tokens =
    [
        "0", "-1", "1", "7", "9223372036854775807", "9223372036854775808", "1e999", "null", "true", "\"\"", "{}", "[]", "\"p_w\"", "\"x\"",
        "\"relu_\"", "as_tensors", "as_tensor", "as_sym_ints", "as_int", "as_none", "parameter", "buffer", "\"\\ud800\"", "\\ud800",
        "\"\\n\"", "\\u0000", "\u00e9", "[[[[[[[[", "}", "]", ",", ":", "torch.ops.aten.view.default",
        "torch.ops.aten.add_.Tensor", "models/a.json",
    ];

    [Fact]
    public void A_damaged_file_gives_a_graph_or_one_line()
    {
        using var file = new ModelFile();
        var (inputs, seed) = (Setting("BRINK_FUZZ_INPUTS", UsualInputs), Setting("BRINK_FUZZ_SEED", 1));
        var read = 0;
        for (var i = 0; i < inputs; i++)
        {
            var random = new Random((seed * 1_000_003) + i);
            File.WriteAllBytes(file.Path, Damaged(random));
            if (Holds(file.Path, $"file {i} of seed {seed}")) read++;
        }
        Assert.Equal([file.Path], file.Folder);
        Assert.InRange(read, inputs / 100, inputs);   // some damages leave a program that can be read
    }

    private static bool Holds(string path, string words)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            new ExportedProgramReader().Recognises(path);
            var graph = new ExportedProgramReader().Read(path);
            Consistency.Check(graph);
            return true;
        }
        catch (GraphException e)
        {
            Assert.True(e.Message.AsSpan().IndexOfAny("\r\n\u0085\u2028\u2029") < 0, $"{words}: more than one line: {e.Message}");
            Assert.True(e.Message.Length < LongestMessage, $"{words}: a message of {e.Message.Length} characters");
            Assert.StartsWith($"{path}: ", e.Message, StringComparison.Ordinal);
            return false;
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException($"{words}: {e.GetType().Name}: {e.Message}", e);
        }
        finally
        {
            var memory = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(memory <= FixedMemory + (MemoryOfAByte * new FileInfo(path).Length), $"{words}: {memory:N0} bytes of memory");
        }
    }

    private static byte[] Damaged(Random random)
    {
        var program = new SmallProgram();
        if (random.Next(2) == 0) Rearrange(program, random);
        var entries = program.Packed();
        var kind = random.Next(10);
        if (kind < 3)
        {
            var name = entries.Keys.Where(name => name.EndsWith(".json", StringComparison.Ordinal)).ElementAt(random.Next(3));
            entries[name] = Bytes(entries[name], random);
        }
        else if (kind == 3)
        {
            var name = entries.Keys.ElementAt(random.Next(entries.Count));
            if (random.Next(2) == 0) entries.Remove(name);
            else entries[name] = Bytes(entries[name], random);
        }
        var zip = SmallProgram.Zip(entries, compressed: random.Next(4) == 0);
        return kind is 4 or 5 ? Bytes(zip, random) : zip;
    }

    /// <summary>Replaces, removes or copies members of the JSON documents, which stay valid.</summary>
    private static void Rearrange(SmallProgram program, Random random)
    {
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var document = random.Next(4) switch { 0 => program.Weights, 1 => program.Constants, _ => program.Program };
            var all = Inside(document).ToArray();
            if (all.Length == 0) continue;
            var (target, source) = (all[random.Next(all.Length)], all[random.Next(all.Length)]);
            var value = random.Next(3) == 0 ? Literal(random) : source.DeepClone();
            if (target.Parent is JsonArray array && random.Next(3) == 0) array.Insert(random.Next(array.Count + 1), value);
            else if (target.Parent is JsonArray list && random.Next(3) == 0) list.RemoveAt(target.GetElementIndex());
            else if (target.Parent is JsonObject members && random.Next(4) == 0) members.Remove(target.GetPropertyName());
            else target.ReplaceWith(value);
        }
    }

    private static IEnumerable<JsonNode> Inside(JsonNode node)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => Inside(child).Prepend(child));
    }

    private static JsonNode Literal(Random random) => random.Next(10) switch
    {
        0 => long.MaxValue,
        1 => -1,
        2 => 0,
        3 => 1.5,
        4 => "x",
        5 => "p_w",
        6 => "",
        7 => new JsonArray(),
        8 => new JsonObject(),
        _ => random.Next(40),
    };

    private static byte[] Bytes(byte[] bytes, Random random)
    {
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Length + 1);
            var length = random.Next(Math.Min(20, bytes.Length - at) + 1);
            bytes = random.Next(7) switch
            {
                0 when at < bytes.Length => [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], .. bytes[(at + length)..]],
                2 => bytes[..at],
                3 => [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]],
                4 => [.. bytes[..at], .. new byte[length], .. bytes[(at + length)..]],
                _ => [.. bytes[..at], .. Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]), .. bytes[(at + length)..]],
            };
        }
        return bytes;
    }

    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
