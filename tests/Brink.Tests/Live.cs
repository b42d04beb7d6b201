namespace Brink.Tests;

/// <summary>Counts the tensors that live on this thread.</summary>
internal static class Live
{
    public static long Tensors => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    /// <summary>Asserts that work leaks no tensor when it runs a second time: the first run may fill caches.</summary>
    public static void AssertUnchanged(Action work)
    {
        work();
        var before = Tensors;
        for (var i = 0; i < 10; i++) work();
        Assert.Equal(before, Tensors);
    }
}
