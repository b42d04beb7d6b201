using Brink.Zoo.Formats;

namespace Brink.Zoo.Datasets;

/// <summary>The folder of complete data sets on a machine: it contains a folder for each set, with the published files.</summary>
public sealed record DataFolder(string Root)
{
    /// <summary>Returns $BRINK_DATA, or else brink in $XDG_DATA_HOME, or else ~/.local/share/brink.</summary>
    public static DataFolder FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("BRINK_DATA") is { Length: > 0 } root)
            return new(Path.GetFullPath(root));
        var shared = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Profile, ".local", "share");
        return new(Path.Combine(Path.GetFullPath(shared), "brink"));
    }

    // Not verified: the result would be empty if the folder does not exist yet.
    private static string Profile => Environment.GetFolderPath(
        Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>Returns the folder of a set, whether it exists or not.</summary>
    public string Place(PublishedSet set) => Path.Combine(Root, set.Name);

    /// <summary>Returns the folder of a set; null if a file of the set is missing.</summary>
    public string? Find(PublishedSet set)
    {
        var folder = Place(set);
        return set.Files.All(file => File.Exists(Path.Combine(folder, file.Name))) ? folder : null;
    }

    /// <summary>Installs a copy of published files and replaces an existing one: from the archive, or from a folder that
    /// contains the archives or their files.</summary>
    /// <returns>The folder of the set.</returns>
    /// <exception cref="IOException">There is no such file, or the copy cannot be written.</exception>
    /// <exception cref="InvalidDataException">A file is missing or differs from the published one.</exception>
    public string Add(PublishedSet set, string path)
    {
        try
        {
            return Install(set, staging =>
            {
                if (Directory.Exists(path))
                    Fill(set, path, staging);
                else if (!File.Exists(path))
                    throw new FileNotFoundException($"{path}: there is no such file or folder");
                else if (set.Archives is [var only] && Path.GetFileName(path) == only.Name)
                    Unpack(only, path, staging);
                else
                    RefuseSingle(set, path);
            });
        }
        catch (InvalidDataException e) when (HasLayout(set, path))
        {
            throw new InvalidDataException($"{e.Message}, or use the data as they are with --set data.path={path}", e);
        }
    }

    /// <summary>Downloads a set that is not installed yet.</summary>
    /// <param name="set">The set.</param>
    /// <param name="from">Another address of the archives, or of the archive itself if there is only one.</param>
    /// <param name="progress">Called after every received piece.</param>
    /// <param name="cancellation">Cancels the download; the received bytes are kept.</param>
    /// <returns>The folder of the set.</returns>
    /// <exception cref="IOException">The download failed, or its result cannot be written.</exception>
    public string Get(
        PublishedSet set, Uri? from, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        if (Find(set) is { } installed) return installed;
        var partial = Path.Combine(Root, $".{set.Name}.partial");
        Directory.CreateDirectory(partial);
        using var client = new HttpClient();
        foreach (var archive in set.Archives)
        {
            var file = Path.Combine(partial, archive.Name);
            Download.Fetch(client, UrlOf(archive, from), archive.Md5, file, progress, cancellation);
        }
        var folder = Install(set, staging => Fill(set, partial, staging));
        Directory.Delete(partial, recursive: true);
        return folder;
    }

    private static Uri UrlOf(PublishedArchive archive, Uri? from) =>
        from is null ? archive.Url
        : Path.GetFileName(from.LocalPath) == archive.Name ? from
        : new($"{from.AbsoluteUri.TrimEnd('/')}/{archive.Name}");

    /// <summary>Fills and checks a temporary folder, then renames it: a set is installed completely or not at all.</summary>
    private string Install(PublishedSet set, Action<string> fill)
    {
        var (folder, staging) = (Place(set), Path.Combine(Root, $".{set.Name}.new"));
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);   // left by a killed process
        Directory.CreateDirectory(staging);
        try
        {
            fill(staging);
            PublishedFiles.Check(staging, set);
            if (Directory.Exists(folder)) Directory.Move(folder, staging + ".old");
            Directory.Move(staging, folder);
            return folder;
        }
        finally
        {
            foreach (var temporary in new[] { staging, staging + ".old" }.Where(Directory.Exists))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static void Fill(PublishedSet set, string source, string staging)
    {
        foreach (var archive in set.Archives)
        {
            var packed = Path.Combine(source, archive.Name);
            if (File.Exists(packed))
            {
                Unpack(archive, packed, staging);
                continue;
            }
            foreach (var published in archive.Files)
            {
                var path = Path.Combine(source, published.Name);
                if (!File.Exists(path))
                {
                    throw new InvalidDataException(
                        $"{source}: the folder has neither {published.Name} nor {archive.Name}; name a folder that has one of them");
                }
                PublishedFiles.Check(path, published);
                File.Copy(path, Path.Combine(staging, published.Name));
            }
        }
    }

    private static void Unpack(PublishedArchive archive, string path, string staging)
    {
        PublishedFiles.CheckMd5(path, archive.Md5);
        Archive.Unpack(path, [.. archive.Files.Select(file => file.Name)], staging);
    }

    private static void RefuseSingle(PublishedSet set, string path)
    {
        var name = Path.GetFileName(path);
        if (set.Files.FirstOrDefault(file => file.Name == name) is { } published)
            PublishedFiles.Check(path, published);
        var known = string.Join(", ", set.Files.Select(file =>
            file.Bytes is { } n ? $"{file.Name} ({n:N0} bytes)" : file.Name));
        var archives = string.Join(", ", set.Archives.Select(archive => archive.Name));
        throw new InvalidDataException(set.Files.Any(file => file.Name == name)
            || set.Archives.Any(archive => archive.Name == name)
            ? $"{path}: this is only a part of {set.Name}, which consists of {known}; name the folder that has them all"
            : $"{path}: the file {name} of {new FileInfo(path).Length:N0} bytes is not a part of {set.Name};"
                + $" the published archives are {archives}, with {known}: name the folder that has them");
    }

    private static bool HasLayout(PublishedSet set, string path)
    {
        try
        {
            return set.Training(path).Count > 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return false;
        }
    }
}
