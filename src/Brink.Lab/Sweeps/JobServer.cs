using System.Diagnostics;

namespace Brink.Lab;

/// <summary>Runs jobs as child processes, a bounded number at the same time. A job starts only if the memory suffices for it and
/// for what the running jobs may still take; one job always runs.</summary>
/// <param name="slots">Largest number of jobs at the same time.</param>
/// <param name="available">Returns the available memory in bytes.</param>
/// <param name="requestEnd">Requests the end of a process, which then saves its work.</param>
public sealed class JobServer(int slots, Func<long> available, Action<Process> requestEnd)
{
    // A process of brink with libtorch and the data of a small study.
    private const long LeastMemory = 400L << 20;

    private const int LookMilliseconds = 100;

    private readonly List<Running> _running = [];

    /// <summary>Largest memory of a job so far, in bytes: what a job is expected to take.</summary>
    public long Largest { get; private set; }

    /// <summary>The numbers of the jobs that run now.</summary>
    public IReadOnlyList<int> Jobs => [.. _running.Select(job => job.Number)];

    /// <summary>Runs jobs to their ends.</summary>
    /// <param name="jobs">Numbers of the jobs, in the order in which they start.</param>
    /// <param name="program">Returns how to start a job. Its outputs are read; the last lines of its standard error are kept.</param>
    /// <param name="look">Called several times a second.</param>
    /// <param name="ended">Called at the end of a job.</param>
    /// <param name="cancellation">Starts no further job, and requests the end of the running ones, which is waited for.</param>
    public void Run(
        IEnumerable<int> jobs, Func<int, ProcessStartInfo> program, Action look, Action<JobEnd> ended, CancellationToken cancellation)
    {
        var waiting = new Queue<int>(jobs);
        var requested = false;
        while (_running.Count > 0 || (waiting.Count > 0 && !cancellation.IsCancellationRequested))
        {
            while (waiting.Count > 0 && _running.Count < slots && !cancellation.IsCancellationRequested && HasMemory())
                _running.Add(Running.Start(waiting.Peek(), program(waiting.Dequeue())));
            if (cancellation.IsCancellationRequested && !requested)
            {
                requested = true;
                foreach (var job in _running.Where(job => !job.HasEnded)) requestEnd(job.Process);
            }
            Task.WaitAny([.. _running.Select(job => job.Exit)], LookMilliseconds, CancellationToken.None);
            foreach (var job in _running.Where(job => !job.HasEnded)) Largest = Math.Max(Largest, job.Memory());
            foreach (var job in _running.Where(job => job.HasEnded).ToArray())
            {
                _running.Remove(job);
                using (job) ended(job.End());
            }
            look();
        }
    }

    /// <summary>Returns true if a job more fits into the available memory, besides what the running ones are expected to take
    /// yet.</summary>
    private bool HasMemory()
    {
        if (_running.Count == 0) return true;
        var expected = Math.Max(LeastMemory, Largest);
        return available() - _running.Sum(job => Math.Max(0, expected - job.Memory())) >= expected;
    }

    private sealed class Running : IDisposable
    {
        private const int MostLines = 20, LargestExitCode = 128, SigKill = 9;

        private const string Advice = ", as the system does where memory is short; compute fewer at the same time";

        private readonly Queue<string> _error = new();

        private Running(int number, Process process)
        {
            (Number, Process) = (number, process);
            process.ErrorDataReceived += (_, line) => Keep(line.Data);
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            Exit = process.WaitForExitAsync();
        }

        public int Number { get; }

        public Process Process { get; }

        public Task Exit { get; }

        public bool HasEnded => Exit.IsCompleted;

        public static Running Start(int number, ProcessStartInfo program)
        {
            (program.RedirectStandardOutput, program.RedirectStandardError, program.UseShellExecute) = (true, true, false);
            return new(number, System.Diagnostics.Process.Start(program)!);
        }

        /// <summary>Returns the largest resident memory in bytes so far; 0 if the process has just ended.</summary>
        public long Memory()
        {
            try
            {
                Process.Refresh();
                return Process.HasExited ? 0 : Process.PeakWorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }

        public JobEnd End()
        {
            lock (_error)
            {
                var last = _error.LastOrDefault(line => line.StartsWith("brink: ", StringComparison.Ordinal)) ?? _error.LastOrDefault();
                var code = Process.ExitCode;
                return new(Number, code, code > LargestExitCode
                    ? $"ended by signal {code - LargestExitCode}{(code - LargestExitCode == SigKill ? Advice : "")}"
                    : last?.Replace("brink: ", "", StringComparison.Ordinal) ?? "");
            }
        }

        public void Dispose() => Process.Dispose();

        private void Keep(string? line)
        {
            if (string.IsNullOrWhiteSpace(line)) return;
            lock (_error)
            {
                _error.Enqueue(line);
                if (_error.Count > MostLines) _error.Dequeue();
            }
        }
    }
}

/// <summary>The end of a job.</summary>
/// <param name="Number">Number of the job.</param>
/// <param name="Code">Exit code.</param>
/// <param name="Message">The line in which the process reported an error, or the signal that ended it.</param>
public sealed record JobEnd(int Number, int Code, string Message);
