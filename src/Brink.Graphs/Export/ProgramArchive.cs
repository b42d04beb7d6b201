using System.IO.Compression;
using System.Text.Json;
using System.Text.Unicode;
using ICSharpCode.SharpZipLib.Checksum;

namespace Brink.Graphs.Export;

/// <summary>The zip archive of a <c>.pt2</c> file. No entry is written to disk, and no name in the archive is used as the path of a
/// file.</summary>
internal sealed class ProgramArchive : IDisposable
{
    private const string Models = "models/", Json = ".json", OldProgram = "serialized_exported_program.json";
    private const string SaveAgain = "save it again with torch.export.save of PyTorch 2.9 or newer";
    private const int MaxDepth = 64;

    // Memory in proportion to the file: weights are stored uncompressed, and other programs that pack an archive again
    // seldom compress them by more than two.
    private const long FixedMemory = 4L << 20, MemoryOfAByte = 16;

    private readonly ZipArchive _zip;
    private readonly string _path;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private long _memory;

    private ProgramArchive(ZipArchive zip, string path, long length)
    {
        (_zip, _path, _memory) = (zip, path, FixedMemory + (MemoryOfAByte * length));
        var root = RootOf(zip);
        foreach (var entry in zip.Entries.Where(entry => entry.FullName.StartsWith(root, StringComparison.Ordinal)))
        {
            if (!_entries.TryAdd(entry.FullName[root.Length..], entry))
                throw Damaged($"the archive has two entries {Quoted.Of(entry.FullName)}");
        }
        Model = OnlyModel();
        CheckVersions();
    }

    /// <summary>Name of the program in the archive.</summary>
    public string Model { get; }

    /// <summary>Opens an archive and checks that it holds one program in a known layout.</summary>
    /// <exception cref="GraphException">It holds no program or several, or has an unknown layout or version.</exception>
    public static ProgramArchive Open(string path)
    {
        var zip = ZipFile.OpenRead(path);
        try
        {
            return new(zip, path, new FileInfo(path).Length);
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    }

    /// <summary>True for archives of torch.export, among them those that <see cref="Open"/> refuses.</summary>
    public static bool Holds(ZipArchive zip) => zip.Entries.Any(entry =>
        WithoutRoot(entry.FullName) is OldProgram or "archive_format" || IsModel(WithoutRoot(entry.FullName)));

    /// <summary>Reads an entry as JSON; dispose of the document after use.</summary>
    public JsonDocument Document(string name)
    {
        var bytes = Bytes(name);
        try
        {
            if (!Utf8.IsValid(bytes.Span)) throw Damaged($"{name}: not UTF-8");
            return JsonDocument.Parse(bytes, new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)   // the latter: a name with half of a surrogate pair
        {
            var reason = Quoted.OneLine(e.Message);
            throw new GraphException($"{_path}: {name}: not valid JSON ({reason}); the file is damaged, save it again", e);
        }
    }

    /// <summary>The bytes of an entry, compared with its checksum.</summary>
    public ReadOnlyMemory<byte> Bytes(string name)
    {
        if (!_entries.TryGetValue(name, out var entry)) throw Damaged($"the entry {Quoted.Of(name)} is missing");
        Claim(entry.Length, Quoted.Of(name));
        var bytes = new byte[entry.Length];
        using var content = entry.Open();
        if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || content.ReadByte() >= 0)
            throw Damaged($"{Quoted.Of(name)} does not have the {bytes.Length:N0} bytes that the archive states");
        var sum = new Crc32();
        sum.Update(bytes);
        return sum.Value == entry.Crc32 ? bytes : throw Damaged($"the checksum of {Quoted.Of(name)} is wrong");
    }

    /// <summary>Counts memory that a part of the archive needs.</summary>
    /// <exception cref="GraphException">The parts need more memory than is in proportion to the file.</exception>
    public void Claim(long bytes, string part)
    {
        if (bytes > Array.MaxLength) throw new GraphException($"{_path}: {part} has {bytes:N0} bytes; a tensor may have at most 2 GB");
        if (bytes < 0 || bytes > _memory)
            throw Damaged($"{part} expands to {bytes:N0} bytes, out of proportion to the file");
        _memory -= bytes;
    }

    public void Dispose() => _zip.Dispose();

    private static string WithoutRoot(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static bool IsModel(string name) =>
        name.StartsWith(Models, StringComparison.Ordinal)
            && name.EndsWith(Json, StringComparison.Ordinal)
            && name.LastIndexOf('/') == Models.Length - 1
            && name.Length > Models.Length + Json.Length;

    /// <summary>The folder of all entries, with its slash.</summary>
    private static string RootOf(ZipArchive zip)
    {
        var name = zip.Entries.Select(entry => entry.FullName).FirstOrDefault(name => IsModel(WithoutRoot(name)));
        return name?[..^WithoutRoot(name).Length] ?? "";
    }

    private string OnlyModel()
    {
        if (_entries.Keys.Any(name => name == OldProgram || WithoutRoot(name) == OldProgram))
            throw new GraphException($"{_path}: PyTorch 2.7 or older saved this program, with pickled weights; {SaveAgain}");
        var models = _entries.Keys.Where(IsModel).Select(name => name[Models.Length..^Json.Length]).ToArray();
        return models switch
        {
            [var only] => only,
            [] => throw new GraphException($"{_path}: the archive holds no exported program; {SaveAgain}"),
            _ => throw new GraphException(
                $"{_path}: the archive holds the programs {Quoted.OneLine(string.Join(", ", models))}; save each in a file of its own"),
        };
    }

    private void CheckVersions()
    {
        if (Word("byteorder") is { } order and not "little")
            throw new GraphException($"{_path}: the byte order is {Quoted.Of(order)}; save the program on a little-endian machine");
        if (Word("archive_version") is { } version and not "0")
            throw new GraphException($"{_path}: the archive has version {Quoted.Of(version)}; save the program with PyTorch 2.9 to 2.14");
        if (_entries.ContainsKey($"data/weights/{Model}.pt"))
            throw new GraphException($"{_path}: PyTorch 2.8 or older saved this program, with pickled weights; {SaveAgain}");
    }

    private string? Word(string name) =>
        _entries.ContainsKey(name) ? System.Text.Encoding.ASCII.GetString(Bytes(name).Span).Trim() : null;

    private GraphException Damaged(string what) => new($"{_path}: {what}; the file is damaged, save it again");
}
