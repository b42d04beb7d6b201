using System.IO.Compression;
using System.Text;

namespace Brink.Cli.Tests;

/// <summary>Makes a TorchScript file from another one: a zip of code, a pickle and the bytes of the tensors.</summary>
internal static class ScriptFile
{
    // The forward pass in the code of torchscript/mlp.pt.
    private const string Forward = """
          def forward(self: __torch__.Mlp,
            x: Tensor) -> Tensor:
            last = self.last
            first = self.first
            _0 = (last).forward(torch.tanh((first).forward(x, )), )
            return _0

        """;

    /// <summary>Writes mlp.pt with another forward pass.</summary>
    /// <param name="to">Path of the new file.</param>
    /// <param name="result">Type of its result.</param>
    /// <param name="body">Lines of TorchScript, in which x is the input and f the output of the original.</param>
    public static string WithForward(string to, string result, params string[] body) =>
        Edited("mlp.pt", to, (name, bytes) =>
        {
            if (!name.EndsWith("code/__torch__.py", StringComparison.Ordinal)) return bytes;
            var code = Encoding.UTF8.GetString(bytes);
            Assert.Contains(Forward, code, StringComparison.Ordinal);
            var lines = Forward.Split('\n')[2..4]
                .Append("    f = (last).forward(torch.tanh((first).forward(x, )), )")
                .Concat(body.Select(line => "    " + line));
            return Encoding.UTF8.GetBytes(code.Replace(
                Forward,
                $"  def forward(self: __torch__.Mlp,\n    x: Tensor) -> {result}:\n{string.Join('\n', lines)}\n",
                StringComparison.Ordinal));
        });

    /// <summary>Writes one of the files in torchscript with each entry edited.</summary>
    public static string Edited(string from, string to, Func<string, byte[], byte[]> edit)
    {
        using var source = ZipFile.OpenRead(Path.Combine(AppContext.BaseDirectory, "torchscript", from));
        using var target = ZipFile.Open(to, ZipArchiveMode.Create);
        foreach (var entry in source.Entries.Where(entry => !entry.Name.EndsWith(".debug_pkl", StringComparison.Ordinal)))
        {
            using var memory = new MemoryStream();
            using (var stream = entry.Open()) stream.CopyTo(memory);
            using var written = target.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
            written.Write(edit(entry.FullName, memory.ToArray()));
        }
        return to;
    }
}
