using System.IO.Compression;

namespace Brink.Zoo.Formats;

/// <summary>Extracts files from an archive: .tar.gz, .zip, or .gz of a single file.</summary>
internal static class Archive
{
    /// <summary>Extracts the entries of these names, from any folder in the archive, and nothing else.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged.</exception>
    public static void Unpack(string archive, IReadOnlyList<string> names, string folder)
    {
        try
        {
            using var file = File.OpenRead(archive);
            if (archive.EndsWith(".zip", StringComparison.Ordinal)) Zip(file, names, folder);
            else if (archive.EndsWith(".tar.gz", StringComparison.Ordinal)) Tar(file, names, folder);
            else Single(file, names[0], folder);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{archive}: damaged: {e.Message.TrimEnd('.')}; download it again", e);
        }
    }

    private static void Zip(Stream file, IReadOnlyList<string> names, string folder)
    {
        using var zip = new ZipArchive(file);
        foreach (var entry in zip.Entries.Where(entry => names.Contains(entry.Name)))
        {
            CheckedEntry.Check(entry);
            entry.ExtractToFile(Path.Combine(folder, entry.Name), overwrite: true);
        }
    }

    private static void Tar(Stream file, IReadOnlyList<string> names, string folder)
    {
        using var plain = new GZipStream(file, CompressionMode.Decompress);
        TarFiles.Unpack(plain, names, folder);
    }

    private static void Single(Stream file, string name, string folder)
    {
        using var plain = new GZipStream(file, CompressionMode.Decompress);
        using var output = File.Create(Path.Combine(folder, name));
        plain.CopyTo(output);
    }
}
