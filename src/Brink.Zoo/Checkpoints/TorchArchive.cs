using System.IO.Compression;
using System.Text;
using Brink.Zoo.Formats;

namespace Brink.Zoo.Checkpoints;

/// <summary>The zip archive that torch.save writes: <c>ROOT/data.pkl</c>, <c>ROOT/data/KEY</c> for each storage, and
/// <c>ROOT/byteorder</c>. No entry is written to disk.</summary>
internal sealed class TorchArchive : IDisposable
{
    private const string Pickled = "data.pkl", Storages = "data/", Order = "byteorder", ScriptConstants = "constants.pkl";
    private const string NamesOfOtherFormats = "the supported formats are safetensors, .npz and the zip archive of torch.save";
    private const int Block = 1 << 20;   // bytes that are copied at a time

    // Memory in proportion to the file: views of one storage, such as tied weights, may need more than the file has.
    private const long FixedMemory = 1L << 20, MemoryOfAByte = 16;

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _starts = new(StringComparer.Ordinal);
    private readonly FileStream _file;
    private long _memory;

    /// <summary>Opens an archive; the stream is disposed with it.</summary>
    /// <exception cref="InvalidDataException">The archive is not that of a checkpoint, or is damaged.</exception>
    public TorchArchive(FileStream file)
    {
        _file = file;
        _zip = new(file, ZipArchiveMode.Read);
        try
        {
            _memory = FixedMemory + (MemoryOfAByte * file.Length);
            var root = RootOf(_zip);
            foreach (var entry in _zip.Entries.Where(entry => entry.FullName.StartsWith(root, StringComparison.Ordinal)))
            {
                if (!_entries.TryAdd(entry.FullName[root.Length..], entry))
                {
                    throw new InvalidDataException(
                        $"the archive has two entries {Quoted.Of(entry.FullName)}; the file is damaged, save it again");
                }
            }
            CheckKind();
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    /// <summary>Reads the pickle.</summary>
    public object? Value() => Pickle.Read(CheckedEntry.Read(Stored(Pickled)));

    /// <summary>Reads a tensor: only the part of its storage between the first and the last element.</summary>
    public Tensor Read(StoredTensor stored)
    {
        using var scope = NewDisposeScope();
        var (size, length) = (stored.ElementSize, stored.Count == 0 ? 0 : stored.End - stored.Offset);
        if (stored.Count == 0) return scope.MoveToOuter(empty(stored.Sizes, stored.Type));
        var entry = Stored(Storages + stored.Key);
        if (stored.End > entry.Length / size)
        {
            throw new InvalidDataException(
                $"a tensor needs {stored.End:N0} elements and the storage {Quoted.Of(stored.Key)} has {entry.Length:N0} bytes; "
                    + "the file is damaged, save it again");
        }
        Claim(length * size, stored.Key);
        var elements = Range(entry, stored, length);
        if (stored.IsRowMajor) return scope.MoveToOuter(elements.view(stored.Sizes));
        Claim(stored.Count * size, stored.Key);
        return scope.MoveToOuter(elements.as_strided(stored.Sizes, stored.Strides, 0).contiguous());
    }

    public void Dispose() => _zip.Dispose();

    /// <summary>The folder of all entries, with its slash.</summary>
    private static string RootOf(ZipArchive zip)
    {
        var roots = zip.Entries.Select(entry => entry.FullName)
            .Where(name => name.EndsWith("/" + Pickled, StringComparison.Ordinal)
                && name.IndexOf('/', StringComparison.Ordinal) == name.Length - Pickled.Length - 1)
            .Select(name => name[..^Pickled.Length])
            .ToArray();
        return roots switch
        {
            [var only] => only,
            [] => throw new InvalidDataException($"the zip archive holds no checkpoint; {NamesOfOtherFormats}"),
            _ => throw new InvalidDataException("the zip archive holds several checkpoints; save each in a file of its own"),
        };
    }

    private void CheckKind()
    {
        if (_entries.ContainsKey(ScriptConstants))
        {
            throw new InvalidDataException(
                "this is a TorchScript model, not a checkpoint; use it as the model, or save model.state_dict()");
        }
        if (!_entries.ContainsKey(Order)) return;   // PyTorch before 2.1, which runs on little-endian machines
        var order = Stored(Order);
        if (order.Length > 16 || Encoding.ASCII.GetString(CheckedEntry.Read(order)).Trim() != "little")
            throw new InvalidDataException("the byte order is not little-endian; save the checkpoint on a little-endian machine");
    }

    private ZipArchiveEntry Stored(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
            throw new InvalidDataException($"the entry {Quoted.Of(name)} is missing; the file is damaged, save it again");
        return entry.CompressedLength == entry.Length ? entry : throw new InvalidDataException(
            $"the entry {Quoted.Of(name)} is compressed, which torch.save does not do; save the checkpoint again");
    }

    private Tensor Range(ZipArchiveEntry entry, StoredTensor stored, long length)
    {
        var start = Start(entry);
        var elements = empty(length, stored.Type);
        _file.Position = start + (stored.Offset * stored.ElementSize);
        elements.ReadBytesFromStream(_file, (int)Math.Min(Block, length * stored.ElementSize));
        return elements;
    }

    /// <summary>Checks an entry once, and returns the position of its content in the file.</summary>
    private long Start(ZipArchiveEntry entry)
    {
        if (_starts.TryGetValue(entry.FullName, out var start)) return start;
        CheckedEntry.Check(entry);
        // The stream of an entry cannot seek, but that of the file can: after one byte it is behind the first one.
        using var content = entry.Open();
        content.ReadExactly(stackalloc byte[1]);
        return _starts[entry.FullName] = _file.Position - 1;
    }

    private void Claim(long bytes, string key)
    {
        if (bytes > _memory)
        {
            throw new InvalidDataException(
                $"the tensors of the storage {Quoted.Of(key)} need memory out of proportion to the file; save contiguous tensors");
        }
        _memory -= bytes;
    }
}
