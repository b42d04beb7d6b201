using Brink.Graphs.Onnx.Schema;
using Google.Protobuf;

namespace Brink.Graphs.Onnx;

/// <summary>Reads ONNX files of opset 13 to 23: external data are loaded, local functions are inlined, and Constant nodes become
/// constants.</summary>
/// <remarks>All constants, those of nested graphs included, belong to the outermost graph, and every value of the file has a name
/// of its own. Attributes that name an element type, such as <c>to</c> of Cast, are integers: <see cref="ElementTypeCodes"/>
/// translates them.</remarks>
internal sealed class OnnxReader : IGraphReader
{
    public string Format => "ONNX";

    public bool Recognises(string path) => ModelPrefix.IsModel(path);

    public Graph Read(string path)
    {
        try
        {
            var model = Parsed(path);
            Versions.Check(model, path);
            Quantisation.Refuse(model, path);
            using var external = new ExternalData(path);
            return new ModelConversion(path, model, new TensorReader(external)).Graph();
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GraphException($"{path}: damaged, or not an ONNX file: {Quoted.OneLine(e.Message)}; export the model again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GraphException($"{path}: cannot be read: {Quoted.OneLine(e.Message)}", e);
        }
    }

    private static ModelProto Parsed(string path)
    {
        if (new FileInfo(path).Length > Array.MaxLength)
            throw new GraphException($"{path}: larger than 2 GB; export the model with external data");
        return ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
    }
}
