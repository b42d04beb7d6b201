using Brink.Graphs.Export;

namespace Brink.Graphs.Tests.Export;

/// <summary>A file of its own folder, removed at the end of the test.</summary>
internal sealed class ModelFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "model.pt2");

    /// <summary>Names of the entries of the folder.</summary>
    public IEnumerable<string> Folder => Directory.EnumerateFileSystemEntries(_folder.FullName);

    /// <summary>Reads an archive.</summary>
    public static Graph Read(SmallProgram program) => Read(SmallProgram.Zip(program.Packed()));

    /// <summary>Reads a file of the bytes.</summary>
    public static Graph Read(byte[] bytes)
    {
        using var file = new ModelFile();
        File.WriteAllBytes(file.Path, bytes);
        return new ExportedProgramReader().Read(file.Path);
    }

    /// <summary>The one line with which a file of the bytes is refused.</summary>
    public static string Refusal(byte[] bytes)
    {
        var message = Assert.Throws<GraphException>(() => Read(bytes)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Contains("model.pt2: ", message, StringComparison.Ordinal);
        return message;
    }

    public static string Refusal(SmallProgram program) => Refusal(SmallProgram.Zip(program.Packed()));

    public void Dispose() => _folder.Delete(recursive: true);
}
