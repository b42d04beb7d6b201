using Brink.Native;

namespace Brink.Tests.Native;

[Collection(WholeProcess.Name)]
public class ProcessMemoryTests
{
    [Fact]
    public void Freed_memory_is_returned_to_the_system_if_there_is_much_of_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "glibc's");
        const long block = 16L << 20, count = 48;
        var blocks = Enumerable.Range(0, (int)count).Select(_ => ones(block, dtype: ScalarType.Byte)).ToArray();
        var full = Environment.WorkingSet;
        // Blocks in use stay; the free blocks between them are returned.
        for (var i = 0; i < count; i++)
            if (i % 12 != 0) blocks[i].Dispose();
        Assert.False(ProcessMemory.ReturnUnused(long.MaxValue));
        Assert.True(ProcessMemory.ReturnUnused(block));
        Assert.InRange(full - Environment.WorkingSet, count * block * 3 / 4, long.MaxValue);
        Assert.Equal(block, blocks[12].sum().ToInt64());
        foreach (var one in blocks) one.Dispose();
    }
}
