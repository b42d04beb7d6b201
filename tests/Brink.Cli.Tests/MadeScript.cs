using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Brink.Cli.Tests;

/// <summary>A tensor of a <see cref="MadeScript"/>.</summary>
/// <param name="Name">Name of the attribute.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Values">float32 numbers, in row-major order.</param>
/// <param name="IsParameter">True for a parameter, false for a buffer.</param>
/// <param name="Type">Element type: Float, or ComplexFloat of pairs.</param>
internal sealed record MadeTensor(string Name, long[] Shape, float[] Values, bool IsParameter = true, string Type = "Float");

/// <summary>A TorchScript file of one module, written from its tensors and the body of its forward pass.</summary>
internal static class MadeScript
{
    private static readonly byte[] Header = [0x80, 2], Empty = [.. ")"u8], True = [0x88], False = [0x89];

    /// <param name="path">Path of the new file.</param>
    /// <param name="tensors">Attributes of the module.</param>
    /// <param name="body">Lines of TorchScript, in which x is the input and each attribute has its name.</param>
    public static string Write(string path, IReadOnlyList<MadeTensor> tensors, params string[] body)
    {
        string Names(bool parameters) =>
            string.Concat(tensors.Where(tensor => tensor.IsParameter == parameters).Select(tensor => $"\"{tensor.Name}\", "));
        string[] code =
        [
            "class Made(Module):", $"  __parameters__ = [{Names(true)}]", $"  __buffers__ = [{Names(false)}]",
            .. tensors.Select(tensor => $"  {tensor.Name} : Tensor"), "  training : bool",
            "  def forward(self: __torch__.Made,", "    x: Tensor) -> Tensor:",
            .. tensors.Select(tensor => $"    {tensor.Name} = self.{tensor.Name}"), .. body.Select(line => "    " + line), "",
        ];
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Entry("data.pkl", Pickle(tensors));
        Entry("constants.pkl", [.. Header, .. Empty, .. "."u8]);
        Entry("version", Encoding.ASCII.GetBytes("3\n"));
        Entry("code/__torch__.py", Encoding.UTF8.GetBytes(string.Join('\n', code)));
        foreach (var (i, tensor) in tensors.Index())
            Entry($"data/{i}", [.. tensor.Values.SelectMany(BitConverter.GetBytes)]);
        return path;

        void Entry(string name, byte[] bytes)
        {
            using var stream = zip.CreateEntry("made/" + name, CompressionLevel.NoCompression).Open();
            stream.Write(bytes);
        }
    }

    /// <summary>Returns the module as PyTorch pickles it: its class, and a dictionary of tensors rebuilt from storages.</summary>
    private static byte[] Pickle(IReadOnlyList<MadeTensor> tensors)
    {
        var bytes = new List<byte>(Header);
        Global("__torch__", "Made");
        bytes.AddRange([.. Empty, 0x81, .. "}("u8]);   // NEWOBJ, then items
        foreach (var (i, tensor) in tensors.Index())
        {
            Text(tensor.Name);
            Global("torch._utils", "_rebuild_tensor_v2");
            bytes.AddRange("(("u8);
            Text("storage");
            Global("torch", tensor.Type + "Storage");
            Text(i.ToString(CultureInfo.InvariantCulture));
            Text("cpu");
            Number(tensor.Shape.Aggregate(1L, (a, b) => a * b));
            bytes.AddRange("tQ"u8);   // a tuple whose storage is in a separate file
            Number(0);
            Numbers(tensor.Shape);
            Numbers([.. tensor.Shape.Select((_, d) => tensor.Shape.Skip(d + 1).Aggregate(1L, (a, b) => a * b))]);
            bytes.AddRange(tensor.IsParameter ? True : False);
            Global("collections", "OrderedDict");
            bytes.AddRange(")RtR"u8);
        }
        Text("training");
        bytes.AddRange([.. False, .. "ub."u8]);
        return [.. bytes];

        void Global(string module, string name) => bytes.AddRange(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
        void Text(string text) => bytes.AddRange([(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)]);
        void Number(long number) => bytes.AddRange([(byte)'J', .. BitConverter.GetBytes((int)number)]);
        void Numbers(long[] numbers)
        {
            bytes.Add((byte)'(');
            foreach (var number in numbers) Number(number);
            bytes.Add((byte)'t');
        }
    }
}
