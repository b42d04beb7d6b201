using System.CommandLine;

namespace Brink.Cli;

/// <summary>A file that the user names: nothing of theirs is overwritten unasked.</summary>
internal static class OutputFile
{
    public static Option<bool> Force() => new("--force")
    {
        Description = "Replace the file where it exists.",
    };

    /// <returns>The path, or null where none was given.</returns>
    /// <exception cref="InputException">It exists and is not to be replaced, or its folder does
    /// not.</exception>
    public static string? Checked(string? path, bool force)
    {
        if (path is null) return null;
        if (Directory.Exists(path)) throw new InputException($"{path}: is a folder; name a file");
        if (File.Exists(path) && !force)
            throw new InputException($"{path}: exists already; --force replaces it");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder)
            ? path
            : throw new InputException($"{path}: there is no folder {folder}");
    }
}
