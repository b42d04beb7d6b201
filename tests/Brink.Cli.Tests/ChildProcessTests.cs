using System.Diagnostics;
using Brink.Tests;

namespace Brink.Cli.Tests;

/// <summary>Child processes of tests: none runs for ever, and none inherits ignored signals.</summary>
public class ChildProcessTests
{
    private const int Interrupt = 2;

    [Fact]
    public void A_child_that_hangs_is_killed_at_its_deadline_and_named_with_what_it_printed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the child is a shell");
        using var child = new ChildProcess(Shell("echo said; echo warned >&2; sleep 600"), TimeSpan.FromSeconds(1));
        var ranOut = Assert.Throws<TimeoutException>(() => child.Ended());
        Assert.StartsWith("still running after 00:00:01: sh -c echo said;", ranOut.Message, StringComparison.Ordinal);
        Assert.Contains("output so far:\nsaid\n", ranOut.Message, StringComparison.Ordinal);
        Assert.Contains("error so far:\nwarned\n", ranOut.Message, StringComparison.Ordinal);
        Assert.True(child.HasExited);
    }

    [Fact]
    public void A_wait_for_a_condition_that_never_holds_ends_at_the_deadline()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the child is a shell");
        using var child = new ChildProcess(Shell("sleep 600"), TimeSpan.FromSeconds(1));
        Assert.Contains("sleep 600", Assert.Throws<TimeoutException>(() => child.Await(() => false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_whose_output_stays_open_in_its_own_child_is_named_at_its_deadline()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the child is a shell");
        using var child = new ChildProcess(Shell("sleep 5 & echo left"), TimeSpan.FromSeconds(1));
        var ranOut = Assert.Throws<TimeoutException>(() => child.Ended());
        Assert.StartsWith("ended, with outputs that are still open after 00:00:01: sh", ranOut.Message, StringComparison.Ordinal);
        Assert.Contains("left", ranOut.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_child_receives_SIGINT_even_if_its_parent_ignores_it(bool byDefault)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc, which lists ignored signals, is part of Linux");
        string[] question = ["grep", "SigIgn", "/proc/self/status"];
        // The shell in between is the parent that ignores SIGINT; without env its child inherits that.
        var command = byDefault ? ChildProcess.WithDefaultSignals(question) : question;
        var (code, output, error) = ChildProcess.Run("sh", ["-c", "trap '' INT; exec \"$@\"", "sh", .. command]);
        Assert.Equal((0, ""), (code, error));
        var ignored = Convert.ToUInt64(output.Split('\t', '\n')[1], 16);
        Assert.Equal(!byDefault, (ignored & (1UL << (Interrupt - 1))) != 0);
    }

    [Fact]
    public void The_exit_code_of_a_child_gives_the_signal_that_ended_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "default dispositions of signals are set by env of the GNU coreutils");
        using var child = new ChildProcess(new ProcessStartInfo("sleep", ["600"]));
        child.Send("INT");
        Assert.Equal(128 + Interrupt, child.Ended().Code);
    }

    private static ProcessStartInfo Shell(string script) => new("sh", ["-c", script]);
}
