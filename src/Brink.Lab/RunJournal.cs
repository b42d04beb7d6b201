using System.Reflection;
using System.Runtime.InteropServices;
using Brink.Native;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>What every run says of itself, whatever its study: where it comes from, its audit, how it
/// ended.</summary>
internal sealed class RunJournal(RunWriter run, TimeProvider time)
{
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromSeconds(5);

    // Beside what is in use: as much as a few steps turn over, so that their pages are not faulted in again and again.
    private const long UnusedMemory = 512L << 20;

    private readonly long _started = time.GetTimestamp();
    private long _committed = time.GetTimestamp();
    private long _memorySeen = time.GetTimestamp();

    public void Begin(string name, Study study)
    {
        File.WriteAllText(Path.Combine(run.Folder, "experiment.yaml"), ExperimentYaml.Write(study));
        run.SetManifest("experiment", ExperimentYaml.Write(study));
        run.SetManifest("seed", study.Seed);
        Begin(name);
    }

    public void Begin(string name)
    {
        var version = typeof(RunJournal).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion
            .Split('+');
        run.SetManifest("name", name);
        run.SetManifest("version", version[0]);
        run.SetManifest("commit", version.Length > 1 ? version[1] : null);
        run.SetManifest("libtorch", torch.__version__);
        run.SetManifest("threads", get_num_threads());
        run.SetManifest(
            "platform",
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture},"
                + $" {RuntimeInformation.FrameworkDescription}");
        run.SetManifest("processors", Environment.ProcessorCount);
        run.SetManifest("started", time.GetUtcNow());
        run.SetManifest("status", RunStatus.Running.Name());
        run.Commit();
    }

    /// <summary>The data's checksum, the number of parameters and the audit; the fault that the audit found, or
    /// null.</summary>
    public string? Audit(Problem problem, Study study)
    {
        run.SetManifest("dataset_checksum", problem.DataChecksum);
        run.SetManifest("parameters", problem.Model.Dimension);
        var (exact, precision) = ExperimentAudit.Run(problem, study);
        run.SetManifest("audit", exact.Checks);
        run.SetManifest("audit_float32", precision.Checks);
        run.SetManifest("engine", problem.EngineNotice ?? ExperimentYaml.Dashed(study.Engine.ToString()));
        return (exact.Fault ?? precision.Fault) is { } fault ? $"derivative audit: {fault}" : null;
    }

    /// <summary>To be called after every step: what was recorded is committed, and a heap that has crept up is
    /// trimmed.</summary>
    public void CommitNowAndThen()
    {
        if (time.GetElapsedTime(_memorySeen) > MemoryInterval)
        {
            ProcessMemory.ReturnUnused(UnusedMemory);
            _memorySeen = time.GetTimestamp();
        }
        if (time.GetElapsedTime(_committed) < CommitInterval) return;
        run.Commit();
        _committed = time.GetTimestamp();
    }

    public RunSummary End(RunStatus status, string message)
    {
        var seconds = time.GetElapsedTime(_started).TotalSeconds;
        run.SetManifest("status", status.Name());
        run.SetManifest("message", message);
        run.SetManifest("seconds", seconds);
        run.Commit();
        return new(run.Folder, status, message, seconds);
    }
}
