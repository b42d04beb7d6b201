using System.Runtime.InteropServices;

namespace Brink.Native;

/// <summary>The settings of a process, made once before libtorch is loaded.</summary>
/// <remarks>A library does not change the allocator of its host by default: a program that needs the speed calls <see cref="Apply"/>
/// first. The command line, the tests and the benchmarks do.</remarks>
/// <param name="KeepBlocks">glibc keeps freed blocks instead of returning them to the kernel. Without this, page faults
/// dominate: a gradient of a CNN on 500 images costs several times as much.</param>
/// <param name="Quiet">libtorch's warnings (one for each backward with create_graph) are kept off stderr.</param>
/// <param name="Threads">Threads of libtorch's operators; null keeps libtorch's own choice.</param>
/// <param name="ShortWaits">libtorch's threads spin for microseconds instead of milliseconds before they sleep. Without this,
/// another busy process on the same cores costs much more than its share of them.</param>
/// <param name="RightConvolutions">libtorch computes convolutions without oneDNN where those of oneDNN are wrong in float32 on this
/// processor. Without this, models with convolutions can have wrong outputs and second derivatives there.</param>
public sealed partial record Preparation(
    bool KeepBlocks = true, bool Quiet = true, int? Threads = null, bool ShortWaits = true, bool RightConvolutions = true)
{
    // M_MMAP_MAX of glibc's malloc.h.
    internal const int MmapMax = -4;

    /// <summary>True if this process keeps freed blocks.</summary>
    internal static bool BlocksAreKept { get; private set; }

    /// <summary>Reads the settings from the environment: BRINK_KEEP_BLOCKS=0, BRINK_QUIET=0, BRINK_SHORT_WAITS=0 and
    /// BRINK_RIGHT_CONVOLUTIONS=0 each turn one off, BRINK_THREADS=N sets the threads.</summary>
    /// <exception cref="FormatException">A variable has an invalid value; the message names it.</exception>
    public static Preparation FromEnvironment() => new(
        Switch("BRINK_KEEP_BLOCKS"),
        Switch("BRINK_QUIET"),
        Environment.GetEnvironmentVariable("BRINK_THREADS") is not { Length: > 0 } threads ? null
            : int.TryParse(threads, out var count) && count > 0 ? count
            : throw new FormatException($"BRINK_THREADS is '{threads}'; it must be a whole number above 0"),
        Switch("BRINK_SHORT_WAITS"),
        Switch("BRINK_RIGHT_CONVOLUTIONS"));

    /// <summary>Applies the settings that must precede the loading of libtorch; <see cref="Apply"/> does so too.</summary>
    public void BeforeLoading()
    {
        if (ShortWaits) OpenMpWaits.TryShortenSpin();
    }

    /// <summary>Applies the settings that this platform supports; the others are left out and named.</summary>
    /// <returns>The settings left out, one line each; empty if all were applied.</returns>
    public IReadOnlyList<string> Apply()
    {
        var notApplied = new List<string>();
        // First, because the other settings load libtorch.
        if (ShortWaits && !OpenMpWaits.TryShortenSpin())
        {
            notApplied.Add(
                "short waits not set: libtorch is loaded already, or its OpenMP is not GNU's; its threads spin for milliseconds");
        }
        if (KeepBlocks && !TryKeepBlocks())
            notApplied.Add("allocator not set: the C library is not glibc; freed blocks return to the kernel");
        if (Quiet && !TryLowerLogLevel())
            notApplied.Add("log level not set: the library c10 was not found; libtorch writes its warnings to stderr");
        if (Threads is { } threads) set_num_threads(threads);
        // Last: the test computes.
        if (RightConvolutions && ConvolutionFault.IsPresent() && !ConvolutionFault.TryAvoid())
        {
            notApplied.Add(
                "convolutions not corrected: those of libtorch are wrong in float32 on this processor, and this build cannot avoid oneDNN");
        }
        return notApplied;
    }

    private static bool Switch(string name) => Environment.GetEnvironmentVariable(name) switch
    {
        null or "" or "1" => true,
        "0" => false,
        var other => throw new FormatException($"{name} is '{other}'; it must be 0 or 1"),
    };

    private static bool TryKeepBlocks()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            // The numbers are glibc's, from malloc.h. mallopt returns 1 on success.
            return BlocksAreKept = MallOpt(MmapMax, 0) == 1   // M_MMAP_MAX: large blocks come from the heap too
                && MallOpt(-1, int.MaxValue) == 1       // M_TRIM_THRESHOLD: the heap's top is not returned
                && MallOpt(-2, 256 << 20) == 1          // M_TOP_PAD: the heap grows in steps of 256 MiB
                && MallOpt(-8, 1) == 1;                 // M_ARENA_MAX: one heap, so that blocks are found again
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static bool TryLowerLogLevel()
    {
        // c10 reads this flag at each message; 2 is ERROR.
        if (!LibtorchFiles.TryLoad("c10", out var c10, out _)) return false;
        if (!NativeLibrary.TryGetExport(c10, "FLAGS_caffe2_log_level", out var flag)) return false;
        Marshal.WriteInt32(flag, 2);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    internal static partial int MallOpt(int parameter, int value);
}
