using System.Diagnostics;

namespace Brink.Lab.Tests;

/// <summary>The child processes of a job server.</summary>
public class JobServerTests
{
    private const long Plenty = long.MaxValue / 4;

    [Theory]
    [InlineData(3, Plenty, 3)]
    [InlineData(1, Plenty, 1)]
    // Memory for one job and a half, and for none: one always runs.
    [InlineData(3, 600L << 20, 1)]
    [InlineData(3, 0, 1)]
    public void As_many_jobs_run_at_the_same_time_as_slots_and_memory_allow(int slots, long available, int most)
    {
        SkipOnWindows();
        var server = new JobServer(slots, () => available, process => process.Kill());
        var (largest, ended) = (0, new List<JobEnd>());
        server.Run(
            Enumerable.Range(1, 6),
            _ => Shell("sleep 0.2"),
            () => largest = Math.Max(largest, server.Jobs.Count),
            ended.Add,
            TestContext.Current.CancellationToken);
        Assert.Equal(most, largest);
        Assert.Equal(Enumerable.Range(1, 6), ended.Select(end => end.Number).Order());
        Assert.All(ended, end => Assert.Equal(0, end.Code));
        Assert.True(server.Largest > 0);
    }

    [Fact]
    public void The_end_of_a_job_has_its_exit_code_and_its_reason()
    {
        SkipOnWindows();
        var ended = new Dictionary<int, JobEnd>();
        var server = new JobServer(2, () => Plenty, process => process.Kill());
        string[] scripts = ["echo 'brink: no data' >&2; echo more >&2; exit 2", "kill -9 $$", "echo out; exit 0"];
        server.Run(
            [1, 2, 3],
            number => Shell(scripts[number - 1]),
            () => { },
            end => ended.Add(end.Number, end),
            TestContext.Current.CancellationToken);
        Assert.Equal(new(1, 2, "no data"), ended[1]);
        Assert.Equal(137, ended[2].Code);
        Assert.Contains("signal 9", ended[2].Message, StringComparison.Ordinal);
        Assert.Equal(new(3, 0, ""), ended[3]);
    }

    [Fact]
    public void Cancellation_requests_the_end_of_the_running_jobs_and_starts_no_other()
    {
        SkipOnWindows();
        using var source = new CancellationTokenSource();
        var (ended, requests) = (new List<int>(), 0);
        var server = new JobServer(2, () => Plenty, process =>
        {
            requests++;
            process.Kill();
        });
        server.Run([1, 2, 3, 4], _ => Shell("exec sleep 60"), source.Cancel, end => ended.Add(end.Number), source.Token);
        Assert.Equal([1, 2], ended.Order());
        Assert.Equal(2, requests);
    }

    private static ProcessStartInfo Shell(string script) => new("/bin/sh", ["-c", script]);

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the jobs are shell scripts");
}
