using Brink.Tests;

namespace Brink.Cli.Tests;

/// <summary>Signals to a run in a child process.</summary>
public class SignalTests
{
    private const int EndedBySignal = 128, SigTerm = 15;

    // timeout sends two in a row: one to the process, and one to its group.
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("TERM", "TERM")]
    [InlineData("INT", "TERM")]
    [InlineData("TERM", "INT", "TERM")]
    public void Signals_within_a_second_end_a_run_once_with_its_results_saved(params string[] signals)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "default dispositions of signals are set by env of the GNU coreutils");
        using var brink = new BrinkProgram();
        using var process = brink.Start([], "run", "smoke", "--set", "tracking.steps=100000", "--json");
        AwaitStore(brink, process, 100_000);
        foreach (var signal in signals)
        {
            process.Send(signal);
            Thread.Sleep(30);
        }
        var ended = BrinkProgram.Ended(process);
        Assert.Equal(1, ended.Code);
        Assert.Contains("continue with 'brink resume smoke'", ended.ErrorLine, StringComparison.Ordinal);
        Assert.Equal("interrupted", ended.Json.GetProperty("status").GetString());
        Assert.True(File.Exists(ended.Json.GetProperty("page").GetString()));
        Assert.Contains("gd,loss,", brink.Run("runs", "export", "smoke").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_more_than_a_second_later_ends_the_process_at_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "default dispositions of signals are set by env of the GNU coreutils");
        using var brink = new BrinkProgram();
        // The audit takes far longer than the test waits.
        using var process = brink.Start(
            [],
            [
                "run", "smoke", "--set", "data.samples=1000", "--set", "data.pool=1", "--set", "model.hidden=[2000,2000]",
                "--set", "micro_batch=1000", "--set", "engine=autograd",
            ]);
        AwaitStore(brink, process, 1);
        process.Send("TERM");
        process.Send("TERM");
        Thread.Sleep(1300);
        Assert.False(process.HasExited);
        process.Send("TERM");
        var ended = BrinkProgram.Ended(process);
        Assert.Equal((EndedBySignal + SigTerm, ""), (ended.Code, ended.Output));
        Assert.Equal("killed", brink.Run("runs", "list", "--json").Json[0].GetProperty("status").GetString());
    }

    private static void AwaitStore(BrinkProgram brink, ChildProcess process, long bytes)
    {
        var log = brink.Path("runs/smoke/run.db-wal");
        process.Await(() => File.Exists(log) && new FileInfo(log).Length >= bytes);
    }
}
