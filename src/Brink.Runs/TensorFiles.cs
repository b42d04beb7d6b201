using System.Security.Cryptography;

namespace Brink.Runs;

/// <summary>The tensors that a run writes next to its store when it ends, *.safetensors in its folder: the manifest contains
/// the SHA-256 of each, and the store's mark covers the manifest.</summary>
public static class TensorFiles
{
    private const string Pattern = "*.safetensors";

    /// <summary>Computes the SHA-256 of each file, by name, in hexadecimal digits.</summary>
    /// <exception cref="RunStoreException">A file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Checksums(string run)
    {
        try
        {
            return new SortedDictionary<string, string>(
                Directory.EnumerateFiles(run, Pattern).ToDictionary(file => Path.GetFileName(file), Checksum), StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RunStoreException.Of(run, e);
        }
    }

    /// <summary>Lists the files of the manifest that are missing or changed, one line each.</summary>
    internal static IEnumerable<string> Faults(string run, RunManifest manifest)
    {
        if (manifest.Node(RunSchema.Files.Name) is not { } files) yield break;
        foreach (var (name, checksum) in files.AsObject())
        {
            if (Fault(Path.Combine(run, Path.GetFileName(name)), checksum!.GetValue<string>()) is { } fault) yield return $"{name} {fault}";
        }
    }

    private static string? Fault(string file, string checksum)
    {
        try
        {
            if (!File.Exists(file)) return "is missing";
            return Checksum(file) == checksum ? null : "has changed since it was written: its checksum differs";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {e.Message}";
        }
    }

    private static string Checksum(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
