namespace Brink.Graphs;

/// <summary>A reader of one file format. A new format is a new reader, listed in <see cref="GraphFile"/>.</summary>
internal interface IGraphReader
{
    /// <summary>Name of the format, for messages.</summary>
    string Format { get; }

    /// <summary>True if the first bytes of the file, or the entries of an archive, are those of the format.</summary>
    bool Recognises(string path);

    /// <summary>Reads the file.</summary>
    /// <exception cref="GraphException">The file is damaged, or has a version or content that is not supported.</exception>
    Graph Read(string path);
}
