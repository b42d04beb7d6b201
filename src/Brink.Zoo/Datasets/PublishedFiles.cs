using System.Security.Cryptography;

namespace Brink.Zoo.Datasets;

/// <summary>Compares files with the published ones.</summary>
internal static class PublishedFiles
{
    /// <exception cref="InvalidDataException">The size or the checksum differs.</exception>
    public static void Check(string path, PublishedFile published)
    {
        var bytes = new FileInfo(path).Length;
        if (published.Bytes is { } expected && bytes != expected)
            throw new InvalidDataException($"{path}: the file has {bytes:N0} bytes, the published one {expected:N0}; download it again");
        if (published.Md5 is { } md5) CheckMd5(path, md5);
    }

    /// <exception cref="InvalidDataException">The checksum differs.</exception>
    public static void CheckMd5(string path, string md5)
    {
        var found = Md5Of(path);
        if (found != md5)
            throw new InvalidDataException($"{path}: the MD5 checksum is {found}, that of the published file {md5}; download it again");
    }

    /// <summary>Checks all files of a set in a folder, first each file and then the numbers of samples.</summary>
    /// <exception cref="InvalidDataException">A file is missing or differs.</exception>
    public static void Check(string folder, PublishedSet set)
    {
        foreach (var file in set.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!File.Exists(path)) throw new InvalidDataException($"{folder}: the folder has no file {file.Name}; download the set again");
            Check(path, file);
        }
        CheckCounts($"{set.Name}: training samples", set.Training(folder), set.TrainingCounts);
        CheckCounts($"{set.Name}: test samples", set.Test(folder), set.TestCounts);
    }

#pragma warning disable CA5351   // the published checksum; it protects against damage, not against an adversary
    public static string Md5Of(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(MD5.HashData(file));
    }
#pragma warning restore CA5351

    private static void CheckCounts(string what, IReadOnlyList<byte> labels, IReadOnlyList<int> counts)
    {
        for (var label = 0; label < counts.Count; label++)
        {
            var n = labels.Count(one => one == label);
            if (n != counts[label])
            {
                throw new InvalidDataException(
                    $"{what}: class {label} has {n:N0} samples, and {counts[label]:N0} in the published set; download the set again");
            }
        }
    }
}
