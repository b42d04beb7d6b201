using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>Finds and loads the native libraries of the program.</summary>
public static class LibtorchFiles
{
    /// <summary>The libraries, each after those that it needs.</summary>
    public static readonly IReadOnlyList<string> Names = ["c10", "torch_cpu", "LibTorchSharp"];

    /// <summary>Returns the file of a library, or null if there is none.</summary>
    public static string? Find(string name)
    {
        var (os, prefix, suffix) = OperatingSystem.IsWindows() ? ("win", "", ".dll")
            : OperatingSystem.IsMacOS() ? ("osx", "lib", ".dylib")
            : ("linux", "lib", ".so");
        var processor = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string[] folders =
        [
            Path.Combine(AppContext.BaseDirectory, "runtimes", $"{os}-{processor}", "native"),
            AppContext.BaseDirectory,
        ];
        // A file-based program runs from its build folder, whose libraries may be in the package cache.
        var searched = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator);
        return folders.Concat(searched).Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, prefix + name + suffix))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Loads a library from its file; if that fails, <paramref name="error"/> contains the reason.</summary>
    public static bool TryLoad(string name, out nint handle, out string? error)
    {
        (handle, error) = (0, null);
        if (Find(name) is not { } file)
        {
            error = $"the library {name} is not in the folder of the program ({AppContext.BaseDirectory})";
            return false;
        }
        try
        {
            handle = NativeLibrary.Load(file);
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            error = e.Message.Trim();
            return false;
        }
    }
}
