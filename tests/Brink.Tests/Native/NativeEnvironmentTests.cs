using System.Runtime.InteropServices;
using Brink.Native;

namespace Brink.Tests.Native;

public class NativeEnvironmentTests
{
    [Fact]
    public void Native_code_does_not_see_removed_variables_and_sees_them_again_afterwards()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no second copy of the environment");
        var before = Native("PATH");
        Assert.NotNull(before);
        Assert.Equal((null, null), NativeEnvironment.Without(["PATH", "BRINK_NOT_SET"], () => (Native("PATH"), Native("BRINK_NOT_SET"))));
        Assert.Equal((before, null), (Native("PATH"), Native("BRINK_NOT_SET")));
        Assert.Throws<InvalidOperationException>(
            () => NativeEnvironment.Without<int>(["PATH"], () => throw new InvalidOperationException()));
        Assert.Equal(before, Native("PATH"));
    }

    private static string? Native(string name)
    {
        var libc = NativeLibrary.Load(OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6");
        var get = Marshal.GetDelegateForFunctionPointer<GetEnvironment>(NativeLibrary.GetExport(libc, "getenv"));
        return Marshal.PtrToStringUTF8(get(name));
    }

    private delegate nint GetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
