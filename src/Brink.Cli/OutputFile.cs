using System.CommandLine;

namespace Brink.Cli;

/// <summary>An output file named by the user: an existing file is overwritten only with --force.</summary>
internal static class OutputFile
{
    /// <param name="option">Option that names the file.</param>
    public static Option<bool> Force(string option = "--out") => new("--force")
    {
        Description = $"Replace the file of {option} if it exists.",
    };

    /// <returns>The path, or null where none was given.</returns>
    /// <exception cref="InputException">The path is a folder, the file exists and is not to be replaced, or its folder
    /// does not exist.</exception>
    public static string? Checked(string? path, bool force)
    {
        if (path is null) return null;
        if (Directory.Exists(path)) throw new InputException($"{path}: is a folder; name a file");
        if (File.Exists(path) && !force)
            throw new InputException($"{path}: already exists; use --force to replace it");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder)
            ? path
            : throw new InputException($"{path}: the folder {folder} does not exist; create it, or name another");
    }
}
