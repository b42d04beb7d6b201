using Brink.Graphs.Onnx;
using Brink.Graphs.Onnx.Schema;
using Google.Protobuf;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Writes models to files and reads them.</summary>
internal static class WrittenModel
{
    public static Graph Read(ModelProto model)
    {
        using var folder = new TemporaryFolder();
        return Read(model, folder.Path("model.onnx"));
    }

    public static Graph Read(ModelProto model, string path)
    {
        File.WriteAllBytes(path, model.ToByteArray());
        Assert.True(new OnnxReader().Recognises(path));
        return new OnnxReader().Read(path);
    }

    /// <summary>Asserts that a model is refused in one line that starts with its path, and returns the line without it.</summary>
    public static string Refusal(ModelProto model)
    {
        using var folder = new TemporaryFolder();
        return Refusal(model, folder.Path("model.onnx"));
    }

    public static string Refusal(ModelProto model, string path)
    {
        File.WriteAllBytes(path, model.ToByteArray());
        return Refusal(path);
    }

    public static string Refusal(string path)
    {
        var message = Assert.Throws<GraphException>(() => new OnnxReader().Read(path)).Message;
        Assert.StartsWith(path + ": ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length - path.Length, 10, 600);
        return message[(path.Length + 2)..];
    }
}
