using System.Globalization;
using Brink.Graphs.Onnx.Schema;
using Microsoft.Win32.SafeHandles;

namespace Brink.Graphs.Onnx;

/// <summary>Files in the folder of a model that hold the elements of its tensors. No other file is opened.</summary>
/// <param name="model">Path of the model.</param>
internal sealed class ExternalData(string model) : IDisposable
{
    private readonly Dictionary<string, OpenFile> _files = new(StringComparer.Ordinal);

    /// <summary>Reads the elements of a tensor.</summary>
    /// <param name="tensor">A tensor with a location.</param>
    /// <param name="bytes">The bytes that its shape and type require.</param>
    /// <param name="where">File and name of the tensor.</param>
    public ReadOnlyMemory<byte> Read(TensorProto tensor, long bytes, string where)
    {
        var location = Entry(tensor, "location", where)
            ?? throw Damage.In(where, "the location of its external data is not stated");
        var offset = Number(tensor, "offset", where) ?? 0;
        var stated = Number(tensor, "length", where) ?? bytes;
        if (stated != bytes)
            throw Damage.In(where, $"its shape takes {bytes} bytes, and its external data have {stated}");
        if (!_files.TryGetValue(location, out var file)) _files[location] = file = Opened(location, where);
        return file.Range(offset, (int)bytes, location, where);
    }

    public void Dispose()
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    private OpenFile Opened(string location, string where)
    {
        var path = ContainedPath.Of(Path.GetDirectoryName(Path.GetFullPath(model))!, location)
            ?? throw new GraphException(
                $"{where}: its external data are in {Quoted.Of(location)}, which is outside of the model's folder;"
                    + " move the file there and export the model again");
        if (!File.Exists(path))
            throw new GraphException(
                $"{where}: the file {Quoted.Of(location)} with its external data is missing;"
                    + " put it next to the model");
        return new(path);
    }

    private static string? Entry(TensorProto tensor, string key, string where)
    {
        var found = tensor.ExternalData.Where(entry => entry.Key == key).Take(2).ToArray();
        if (found.Length > 1) throw Damage.In(where, $"its external data have two entries {key}");
        return found is [var entry] ? entry.Value : null;
    }

    private static long? Number(TensorProto tensor, string key, string where) =>
        Entry(tensor, key, where) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Damage.In(where, $"the {key} of its external data is {Quoted.Of(text)}");

    /// <summary>A file with its ranges that were read. Together they are at most as large as the file, so that many tensors of the
    /// same bytes do not take more memory than it.</summary>
    private sealed class OpenFile(string path) : IDisposable
    {
        private readonly long _length = new FileInfo(path).Length;
        private readonly Dictionary<(long Offset, int Count), byte[]> _ranges = [];
        private SafeFileHandle? _handle;
        private long _read;

        public void Dispose() => _handle?.Dispose();

        public byte[] Range(long offset, int count, string location, string where)
        {
            if (_ranges.TryGetValue((offset, count), out var known)) return known;
            if (offset > _length - count)
            {
                throw new GraphException(
                    $"{where}: its external data are the {count} bytes from byte {offset} on, and {Quoted.Of(location)} has {_length};"
                        + " copy the file again");
            }
            _read += count;
            if (_read > _length) throw Damage.In(where, $"tensors overlap in {Quoted.Of(location)}");
            // A pipe has length 0 and is never opened.
            if (count > 0) _handle ??= File.OpenHandle(path, options: FileOptions.RandomAccess);
            var bytes = new byte[count];
            for (var at = 0; at < count;)
            {
                var read = RandomAccess.Read(_handle!, bytes.AsSpan(at), offset + at);
                if (read == 0) throw new GraphException(
                    $"{where}: {Quoted.Of(location)} became shorter while it was read;"
                        + " read the model again");
                at += read;
            }
            return _ranges[(offset, count)] = bytes;
        }
    }
}
