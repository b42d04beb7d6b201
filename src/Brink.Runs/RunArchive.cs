using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Brink.Runs;

/// <summary>A run as one file: a zip archive of its folder, with the SHA-256 of each file in SHA256SUMS.</summary>
public static class RunArchive
{
    private const string Sums = "SHA256SUMS";

    // The size limit of the list of names and checksums, since an entry may be longer than the archive states.
    private const int LongestSums = 10_000_000;

    /// <summary>Writes the archive to a temporary file and renames it. SQLite copies the store, so that the run may
    /// continue.</summary>
    /// <exception cref="RunStoreException">The run cannot be read, or the archive cannot be written.</exception>
    public static void Write(string run, string path)
    {
        var name = Path.GetFileName(Path.GetFullPath(run));
        var (aside, copy) = (path + ".partial", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        try
        {
            Copy(Path.Combine(run, RunDatabase.FileName), copy);
            using (var zip = ZipFile.Open(aside, ZipArchiveMode.Create))
            {
                var sums = new List<string>();
                Add(copy, RunDatabase.FileName);
                foreach (var file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                {
                    var inside = Path.GetRelativePath(run, file).Replace(Path.DirectorySeparatorChar, '/');
                    if (RunDatabase.Files.Contains(inside) || inside == RunLock.FileName) continue;
                    if (!inside.EndsWith(".partial", StringComparison.Ordinal)) Add(file, inside);
                }
                using var list = new StreamWriter(zip.CreateEntry($"{name}/{Sums}").Open());
                list.Write(string.Concat(sums));

                void Add(string file, string inside)
                {
                    using var from = Opened(file);
                    if (from is null) return;
                    using (var to = zip.CreateEntry($"{name}/{inside}").Open()) from.CopyTo(to);
                    from.Position = 0;
                    sums.Add($"{Convert.ToHexStringLower(SHA256.HashData(from))}  {inside}\n");
                }
            }
            File.Move(aside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException and not RunStoreException or UnauthorizedAccessException)
        {
            throw RunStoreException.Of(path, e);
        }
        finally
        {
            File.Delete(aside);
            File.Delete(copy);
        }
    }

    /// <summary>Opens a file; returns null if it does not exist any more: a run in progress removes its older checkpoints.</summary>
    private static FileStream? Opened(string file)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Extracts a run from an archive into a new folder under the root; deletes everything that it extracted if the archive is not
    /// intact.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="root">The folder that contains the runs.</param>
    /// <param name="folder">The run's folder, if it is not the name in the archive.</param>
    /// <returns>The run's folder.</returns>
    /// <exception cref="RunStoreException">The file is not an archive of a run, it is damaged, or the folder exists.</exception>
    public static string Read(string path, string root, string? folder)
    {
        if (Directory.Exists(path))
            throw new RunStoreException($"{path}: is a folder; name a file written by 'brink runs export --archive'");
        string? aside = null;
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var (name, sums) = Contents(zip, path);
            var target = Path.GetFullPath(folder ?? Path.Combine(root, name));
            if (Path.Exists(target))
                throw new RunStoreException($"{target}: exists already and is not overwritten; choose another folder with --out");
            CheckFreeSpace(zip, path, target);
            aside = target + ".partial";
            if (Path.Exists(aside)) Directory.Delete(aside, recursive: true);
            foreach (var (inside, sum) in sums)
            {
                var entry = zip.GetEntry($"{name}/{inside}") ?? throw new RunStoreException($"{path}: {inside} is missing");
                var file = Path.Combine(aside, inside);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                // .NET extracts no more bytes than the archive's directory states.
                entry.ExtractToFile(file);
                using var written = File.OpenRead(file);
                if (Convert.ToHexStringLower(SHA256.HashData(written)) != sum)
                    throw new RunStoreException($"{path}: {inside} is damaged: its checksum is wrong");
            }
            if (RunVerification.Of(aside).Faults is [var fault, ..]) throw new RunStoreException($"{path}: {fault}");
            Directory.Move(aside, target);
            return target;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            throw new RunStoreException($"{path}: not a zip archive, or damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException and not RunStoreException or UnauthorizedAccessException)
        {
            throw RunStoreException.Of(path, e);
        }
        finally
        {
            if (aside is not null && Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        }
    }

    private static void CheckFreeSpace(ZipArchive zip, string path, string target)
    {
        var free = (UInt128)new DriveInfo(ExistingAbove(target)).AvailableFreeSpace;
        var needed = zip.Entries.Aggregate(UInt128.Zero, (sum, entry) => sum + (ulong)entry.Length);
        if (needed > free)
            throw new RunStoreException(
                $"{path}: needs {needed / 1_000_000} MB when extracted, and the disk has {free / 1_000_000} MB free");
    }

    private static string ExistingAbove(string folder)
    {
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    /// <summary>Returns the run's name, and its files with their checksums, none of them outside its folder.</summary>
    private static (string Name, IReadOnlyList<(string File, string Sum)> Sums) Contents(ZipArchive zip, string path)
    {
        if (zip.Entries.FirstOrDefault(entry => entry.Name == Sums) is not { } list || list.Length > LongestSums)
            throw new RunStoreException($"{path}: not an archive of a run (no file {Sums})");
        var name = Path.GetDirectoryName(list.FullName) ?? "";
        if (!IsInside(name) || name.Contains('/', StringComparison.Ordinal))
            throw new RunStoreException($"{path}: '{name}' is not a valid name of a run");
        using var text = new StreamReader(list.Open());
        var sums = new List<(string, string)>();
        while (text.ReadLine() is { } line)
        {
            if (line.Split("  ", 2) is not [{ Length: 64 } sum, var file])
                throw new RunStoreException($"{path}: {Sums}: '{line}' is not a checksum and a file name");
            if (!IsInside(file)) throw new RunStoreException($"{path}: '{file}' is outside the folder of the run");
            sums.Add((file, sum));
        }
        foreach (var entry in zip.Entries.Where(entry => entry != list))
            if (!sums.Exists(one => $"{name}/{one.Item1}" == entry.FullName))
                throw new RunStoreException($"{path}: '{entry.FullName}' is not listed in {Sums}");
        if (!sums.Exists(one => one.Item1 == RunDatabase.FileName))
            throw new RunStoreException($"{path}: {RunDatabase.FileName} is missing");
        return (name, sums);
    }

    private static bool IsInside(string file) =>
        file.Length > 0 && !Path.IsPathRooted(file) && !file.Contains('\\', StringComparison.Ordinal)
            && !file.Contains(':', StringComparison.Ordinal) && !file.Split('/').Any(part => part is "" or "." or "..");

    /// <summary>Copies a store as one consistent file, even while a run is written.</summary>
    /// <exception cref="RunStoreException">The store cannot be read.</exception>
    internal static void Copy(string store, string to)
    {
        try
        {
            using var from = RunDatabase.OpenToRead(store).Connection;
            using var copy = RunDatabase.Open(to, SqliteOpenMode.ReadWriteCreate);
            from.BackupDatabase(copy);
        }
        catch (SqliteException e)
        {
            throw RunDatabase.Translated(e, store);
        }
    }
}
