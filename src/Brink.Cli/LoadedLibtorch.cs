using Brink.Native;

namespace Brink.Cli;

/// <summary>Loads libtorch into this process, and prepares it before it allocates.</summary>
internal static class LoadedLibtorch
{
    /// <exception cref="NativeLibraryException">libtorch does not load; the message is that of the
    /// loader.</exception>
    /// <exception cref="InputException">A variable of the environment is invalid.</exception>
    public static void Require()
    {
        var preparation = Preparation();
        preparation.BeforeLoading();
        foreach (var name in LibtorchFiles.Names)
            if (!LibtorchFiles.TryLoad(name, out _, out var error))
                throw new NativeLibraryException($"{error}; run 'brink doctor' for advice");
        preparation.Apply();
    }

    /// <summary>Reads the preparation from the environment.</summary>
    public static Preparation Preparation()
    {
        try
        {
            return Native.Preparation.FromEnvironment();
        }
        catch (FormatException e)
        {
            throw new InputException(e.Message);
        }
    }
}
