using Brink.Native;

namespace Brink.Cli;

/// <summary>libtorch in this process, prepared before it allocates.</summary>
internal static class LoadedLibtorch
{
    /// <exception cref="NativeLibraryException">It does not load; the loader's own message says
    /// why.</exception>
    /// <exception cref="InputException">A variable of the environment makes no sense.</exception>
    public static void Require()
    {
        var preparation = Preparation();
        preparation.BeforeLoading();
        foreach (var name in LibtorchFiles.Names)
            if (!LibtorchFiles.TryLoad(name, out _, out var error))
                throw new NativeLibraryException($"{error}; 'brink doctor' says what to do");
        preparation.Apply();
    }

    /// <summary>What the environment asks for.</summary>
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
