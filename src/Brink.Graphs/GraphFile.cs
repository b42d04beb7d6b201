namespace Brink.Graphs;

/// <summary>Reads a model file of any supported format, which is recognised by its content.</summary>
public static class GraphFile
{
    private static readonly IGraphReader[] Readers = [new Export.ExportedProgramReader(), new Onnx.OnnxReader()];

    /// <summary>Reads a model.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="GraphException">The file does not exist, is damaged, or has no known format.</exception>
    public static Graph Read(string path)
    {
        if (Directory.Exists(path)) throw new GraphException($"{path}: is a folder; name a model file");
        if (!File.Exists(path)) throw new GraphException($"{path}: no such file");
        var reader = Readers.FirstOrDefault(reader => reader.Recognises(path))
            ?? throw new GraphException(
                $"{path}: not a model file that Brink reads: {string.Join(", ", Readers.Select(reader => reader.Format))}");
        return reader.Read(path);
    }

    /// <summary>True if some reader recognises the file.</summary>
    public static bool IsGraph(string path) => File.Exists(path) && Readers.Any(reader => reader.Recognises(path));
}
