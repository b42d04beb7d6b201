using System.Security.Cryptography;

namespace Brink.Lab;

/// <summary>SHA-256 of a file's bytes, in hexadecimal.</summary>
internal static class FileChecksum
{
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Of(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
