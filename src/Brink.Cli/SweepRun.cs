using System.Diagnostics;
using System.Globalization;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>Computes the points of a sweep that have no result yet, each in a process of this program. The state of a sweep is that
/// of its runs, so that a sweep continues after any end, and several processes can work on one.</summary>
/// <param name="folder">Folder of the sweep.</param>
/// <param name="jobs">Largest number of processes.</param>
/// <param name="threads">Threads of each process.</param>
/// <param name="passedOn">Further arguments of each process.</param>
internal sealed class SweepRun(SweepFolder folder, int jobs, int threads, IReadOnlyList<string> passedOn)
{
    private static readonly TimeSpan PageInterval = TimeSpan.FromSeconds(5), Wait = TimeSpan.FromSeconds(1);

    private readonly SweepRow[] _rows = [.. folder.Sweep.Points.Select(folder.Row)];
    private readonly JobServer _server = new(jobs, AvailableMemory.Bytes, process => Signals.Send(process, Signals.Terminate));
    private readonly List<string> _faults = [];
    private long _written = Stopwatch.GetTimestamp();

    /// <summary>Points that ended without a result, one line each.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Computes the points.</summary>
    /// <param name="retry">True to try failed points again.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Ends the running points with everything saved, and starts no further one.</param>
    /// <returns>All points.</returns>
    public SweepTable Run(bool retry, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        var tried = new HashSet<int>();
        while (!cancellation.IsCancellationRequested)
        {
            int[] due = [.. _rows.Where(row => SweepFolder.IsDue(row, retry) && !tried.Contains(row.Index)).Select(row => row.Index)];
            if (due.Length > 0)
            {
                tried.UnionWith(due);
                _server.Run(due, index => Program(index, retry), () => Report(progress), Ended, cancellation);
            }
            else if (_rows.Any(row => row.IsRunning))
            {
                // Another process computes them, such as one that a killed sweep started.
                cancellation.WaitHandle.WaitOne(Wait);
            }
            else
            {
                break;
            }
            foreach (var row in _rows.Where(row => row.IsRunning).ToArray()) Read(row.Index);
            Report(progress);
        }
        var table = folder.Table(_rows);
        folder.Write(table);
        return table;
    }

    private void Read(int index) => _rows[index - 1] = folder.Row(folder.Sweep.Points[index - 1]);

    private void Ended(JobEnd end)
    {
        Read(end.Number);
        var row = _rows[end.Number - 1];
        if (!row.HasOutcome && !row.IsRunning && row.Status != RunStatus.Interrupted.Name())
            _faults.Add($"point {end.Number}: {row.Status}: {(row.HasFailed && row.Message.Length > 0 ? row.Message : end.Message)}");
        if (Stopwatch.GetElapsedTime(_written) < PageInterval) return;
        folder.Write(folder.Table(_rows));
        _written = Stopwatch.GetTimestamp();
    }

    private void Report(Action<StudyProgress>? progress) => progress?.Invoke(new(
        "points",
        _rows.Count(row => row.HasOutcome),
        _rows.Length,
        ("running", _server.Jobs.Count),
        ("largest memory in MB", _server.Largest >> 20))
    {
        Unit = "point",
    });

    /// <summary>Returns how to start the process of a point.</summary>
    private ProcessStartInfo Program(int index, bool retry)
    {
        string[] arguments =
        [
            "sweep", folder.Path, "--index", Text(index), "--threads", Text(threads), .. passedOn, .. Retried(retry),
        ];
        return OwnProgram.Start(arguments);
    }

    private static string[] Retried(bool retry) => retry ? ["--retry"] : [];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
