using System.Diagnostics;
using System.Text;

namespace Brink.Tests;

/// <summary>A child process of a test. Signals have their default effect in it, its outputs are read while it runs, and it has a
/// deadline. It is killed with its children when it is disposed of.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>Far above the duration of any child, so that only one that hangs reaches it.</summary>
    public static readonly TimeSpan UsualDeadline = TimeSpan.FromMinutes(10);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _deadline;
    private readonly string _commandLine;
    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();
    private readonly Task _reading;

    /// <summary>Starts the process; its three standard streams are redirected.</summary>
    /// <param name="start">Program, arguments, folder and environment.</param>
    /// <param name="deadline">Time from the start after which every wait for the process fails.</param>
    public ChildProcess(ProcessStartInfo start, TimeSpan? deadline = null)
    {
        _deadline = deadline ?? UsualDeadline;
        _commandLine = string.Join(' ', [start.FileName, .. start.ArgumentList]);
        // env is replaced by the program, so the process number is that of the program.
        if (OperatingSystem.IsLinux())
        {
            var command = WithDefaultSignals([start.FileName, .. start.ArgumentList]);
            start.FileName = command[0];
            start.ArgumentList.Clear();
            foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        }
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadInto(_output, _process.StandardOutput), ReadInto(_error, _process.StandardError));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The output of the process so far.</summary>
    public string Output => TextOf(_output);

    public string Error => TextOf(_error);

    /// <summary>A command line that runs another one with no signal ignored. A process that was started in the background, or by
    /// nohup, ignores some, and so do its children.</summary>
    public static string[] WithDefaultSignals(params string[] commandLine) => ["env", "--default-signal", .. commandLine];

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        using var child = new ChildProcess(new ProcessStartInfo(program, arguments));
        child.CloseInput();
        return child.Ended();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Its name, such as INT.</param>
    public void Send(string signal) => Assert.Equal((0, "", ""), Run("kill", "-" + signal, $"{Id}"));

    /// <summary>Waits until a condition holds or the process has ended.</summary>
    /// <exception cref="TimeoutException">The deadline passed first; see <see cref="Ended"/>.</exception>
    public void Await(Func<bool> condition)
    {
        while (!_process.HasExited && !condition())
        {
            if (_watch.Elapsed > _deadline) throw RanOut("still running");
            Thread.Sleep(2);
        }
    }

    /// <summary>Waits for the end of the process and of its outputs.</summary>
    /// <exception cref="TimeoutException">The deadline passed first. The process was killed with its children; the message has its
    /// command line and what it had printed.</exception>
    public (int Code, string Output, string Error) Ended() =>
        EndsWithin(Remaining) ? (_process.ExitCode, Output, Error) : throw RanOut("still running");

    /// <summary>Returns whether the process ends within a time. Its outputs are complete then.</summary>
    public bool EndsWithin(TimeSpan time)
    {
        if (!_process.WaitForExit(time)) return false;
        // A child process that outlives it keeps its outputs open.
        return _reading.Wait(Remaining) ? true : throw RanOut("ended, with outputs that are still open");
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private TimeSpan Remaining => _deadline > _watch.Elapsed ? _deadline - _watch.Elapsed : TimeSpan.Zero;

    private TimeoutException RanOut(string state)
    {
        End();
        return new(
            $"{state} after {_deadline}: {_commandLine}\nIts standard output so far:\n{Output}\nIts standard error so far:\n{Error}");
    }

    private void End()
    {
        if (_process.HasExited) return;
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit(TimeSpan.FromSeconds(10));
    }

    private static async Task ReadInto(StringBuilder text, StreamReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var read and > 0)
            lock (text) text.Append(buffer, 0, read);
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
