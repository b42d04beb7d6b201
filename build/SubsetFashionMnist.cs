#!/usr/bin/env dotnet
// Makes the embedded subset from the full files: 500 training and 100 test images of each class, the first in file order,
// classes interleaved. Debian's package dataset-fashion-mnist has the files.
//   dotnet run build/SubsetFashionMnist.cs -- /usr/share/datasets/fashion-mnist src/Brink.Zoo/Datasets/fashion-mnist
#:property PublishAot=false
using System.Buffers.Binary;
using System.IO.Compression;

foreach (var (part, perClass) in new[] { ("train", 500), ("t10k", 100) })
{
    var images = Read($"{part}-images-idx3-ubyte.gz")[16..];
    var labels = Read($"{part}-labels-idx1-ubyte.gz")[8..];
    var order = Enumerable.Range(0, labels.Length).GroupBy(i => labels[i])
        .SelectMany(group => group.Take(perClass).Select((image, rank) => (rank, label: group.Key, image)))
        .OrderBy(entry => entry.rank).ThenBy(entry => entry.label).ToArray();
    Write(
        $"{part}-images-idx3-ubyte.gz",
        [order.Length, 28, 28],
        [.. order.SelectMany(entry => images.AsSpan(entry.image * 784, 784).ToArray())]);
    Write($"{part}-labels-idx1-ubyte.gz", [order.Length], [.. order.Select(entry => entry.label)]);
}

byte[] Read(string name)
{
    using var zip = new GZipStream(File.OpenRead(Path.Combine(args[0], name)), CompressionMode.Decompress);
    using var memory = new MemoryStream();
    zip.CopyTo(memory);
    return memory.ToArray();
}

void Write(string name, int[] shape, byte[] data)
{
    using var zip = new GZipStream(File.Create(Path.Combine(args[1], name)), CompressionLevel.SmallestSize);
    zip.Write([0, 0, 8, (byte)shape.Length]);
    foreach (var size in shape)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        zip.Write(bytes);
    }
    zip.Write(data);
}
