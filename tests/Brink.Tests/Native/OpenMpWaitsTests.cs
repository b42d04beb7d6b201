using System.Runtime.InteropServices;
using Brink.Native;

namespace Brink.Tests.Native;

public class OpenMpWaitsTests
{
    [Fact]
    public void The_spin_count_is_set_in_the_environment_that_libtorch_is_loaded_with()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "OpenMP is not GNU's");
        Assert.True(OpenMpWaits.TryShortenSpin());
        var chosen = Environment.GetEnvironmentVariable("GOMP_SPINCOUNT");
        var waits = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is { Length: > 0 } ? chosen : chosen ?? "5000";
        Assert.Equal(waits, Native("GOMP_SPINCOUNT"));
    }

    private static string? Native(string name)
    {
        var get = Marshal.GetDelegateForFunctionPointer<GetEnvironment>(NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "getenv"));
        return Marshal.PtrToStringUTF8(get(name));
    }

    private delegate nint GetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
