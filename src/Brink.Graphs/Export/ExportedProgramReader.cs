using System.IO.Compression;

namespace Brink.Graphs.Export;

/// <summary>Reads the <c>.pt2</c> files of <c>torch.export.save</c>: a zip archive of JSON and raw weights.</summary>
/// <remarks>Schema 8 of PyTorch 2.9 and newer. Every argument of a node is named, after the operator's schema. Nothing is
/// evaluated: a symbolic size is a value that a node such as <c>aten.sym_size.int</c> returns.</remarks>
internal sealed class ExportedProgramReader : IGraphReader
{
    private const int Schema = 8;

    public string Format => "torch.export (.pt2)";

    public bool Recognises(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[4];
            if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual("PK\x03\x04"u8))
                return false;
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            return ProgramArchive.Holds(zip);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            return false;
        }
    }

    public Graph Read(string path)
    {
        try
        {
            using var archive = ProgramArchive.Open(path);
            using var program = archive.Document($"models/{archive.Model}.json");
            using var weights = archive.Document($"{StoredTensor.Weights}{archive.Model}_weights_config.json");
            using var constants = archive.Document($"{StoredTensor.Constants}{archive.Model}_constants_config.json");
            var tensors = new StoredTensors(
                archive, path, new(weights.RootElement, $"{path}: weights"), new(constants.RootElement, $"{path}: constants"));
            return Read(path, new(program.RootElement, $"{path}: program"), tensors);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            throw new GraphException($"{path}: cannot be read ({Quoted.OneLine(e.Message)}); if it is damaged, save it again", e);
        }
    }

    private static Graph Read(string path, Field program, StoredTensors tensors)
    {
        CheckSchema(program["schema_version"]);
        var opset = program["opset_version"]["aten"];
        var version = opset.Integer is >= 0 and <= int.MaxValue and var small ? (int)small : throw opset.Wrong("no such opset; save again");
        var module = program["graph_module"];
        var signature = ProgramSignature.Of(module);
        var nodes = module["graph"]["nodes"].Items.Select(node => NodeReader.Of(node, version)).ToArray();
        var linking = new Linking(path, nodes, signature.Outputs);
        var held = new OrderedDictionary<string, GraphConstant>(StringComparer.Ordinal);
        foreach (var tensor in signature.Tensors)
        {
            var constant = tensors.Read(tensor);
            held.TryAdd(constant.Name, constant);
            linking.Declare(tensor.Name, constant);
        }
        foreach (var input in signature.Inputs) linking.Declare(input);
        foreach (var (name, literal) in signature.Literals) linking.Declare(name, literal);
        var linked = linking.Link(signature.Outputs, out var outputs);
        var remarks = new ProgramRemarks(
            held.Values, linked, [.. signature.UpdatedBuffers, .. linking.WrittenConstants], signature.Constants);
        return new(
            Vocabulary.Aten, signature.Inputs, outputs, linked, held, Origin(program, version), [.. tensors.Remarks, .. remarks.All]);
    }

    private static void CheckSchema(Field version)
    {
        var (major, minor) = (version["major"].Integer, version["minor"].Integer);
        if (major == Schema) return;
        throw version.Wrong(
            $"the schema has version {major}.{minor} and Brink reads {Schema}; save the program with "
                + (major < Schema ? "PyTorch 2.9 or newer" : "PyTorch 2.9 to 2.14"));
    }

    private static string Origin(Field program, int opset)
    {
        var version = program["schema_version"];
        var by = program.Optional("torch_version") is { } text ? $", by PyTorch {Quoted.OneLine(text.Text.Split('+')[0])}" : "";
        return $"torch.export, schema {version["major"].Integer}.{version["minor"].Integer}, ATen opset {opset}{by}";
    }

    private static bool IsOfTheFile(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or ArgumentException;
}
