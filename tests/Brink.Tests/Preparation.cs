using System.Runtime.CompilerServices;

// One class at a time: a garbage collection started by another thread can free a scalar of TorchSharp while it is read.
[assembly: Xunit.v3.ParallelizationAttribute(MaxThreads = 1)]

namespace Brink.Tests;

internal static class Preparation
{
    [ModuleInitializer]
    internal static void Prepare() => new Brink.Native.Preparation(Threads: 1).Apply();
}
