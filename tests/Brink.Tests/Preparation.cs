using System.Runtime.CompilerServices;

// Two classes at a time, one libtorch thread each.
[assembly: Xunit.v3.ParallelizationAttribute(MaxThreads = 2)]

namespace Brink.Tests;

internal static class Preparation
{
    [ModuleInitializer]
    internal static void Prepare() => new Native.Preparation(Threads: 1).Apply();
}
