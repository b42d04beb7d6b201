using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Brink.Distributed;
using Brink.Native;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Records the origin, the audit and the end of a run of any study.</summary>
public sealed class RunJournal(RunWriter run, TimeProvider time)
{
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromSeconds(5);

    // Unused memory to keep: as much as a few steps allocate and free, so that their pages are not faulted in at every step.
    private const long UnusedMemory = 512L << 20;

    private static readonly string[] Version = typeof(RunJournal).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion
        .Split('+');

    private readonly long _started = time.GetTimestamp();
    private double _before;   // seconds of earlier processes of the run
    private long _committed = time.GetTimestamp();
    private long _memorySeen = time.GetTimestamp();

    /// <summary>The versions that determine the numbers of a run besides its experiment.</summary>
    public static IReadOnlyList<(string Key, string? Value)> Program { get; } =
        [("version", Version[0]), ("commit", Version.Length > 1 ? Version[1] : null), ("libtorch", torch.__version__)];

    /// <summary>Operating system, processor architecture and .NET version of this process.</summary>
    public static string Platform =>
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>Seconds that all processes of the run have taken.</summary>
    public double Seconds => _before + time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Begins a run that can be resumed: its study is saved in the store and in a file next to it.</summary>
    /// <param name="name">The name of the run.</param>
    /// <param name="study">Study to run.</param>
    public void Begin(string name, Study study)
    {
        var experiment = StudyYaml.Write(study);
        File.WriteAllText(Path.Combine(run.Folder, RunFolders.ExperimentFile), experiment);
        run.Set(RunSchema.Seed, study.Seed);
        Begin(name, study.Kind, experiment);
    }

    /// <summary>Continues a run.</summary>
    /// <param name="seconds">Seconds that earlier processes of the run have taken.</param>
    public void Resume(double seconds)
    {
        _before = seconds;
        SetRanks();
    }

    /// <summary>Begins a run without checkpoints.</summary>
    /// <param name="name">The name of the run.</param>
    /// <param name="kind">The kind of study.</param>
    /// <param name="experiment">Settings of the run, one line each; null for a run without settings.</param>
    public void Begin(string name, string kind, string? experiment)
    {
        run.Set(RunSchema.Kind, kind);
        if (experiment is not null) run.Set(RunSchema.Experiment, experiment);
        run.Set(RunSchema.Name, name);
        foreach (var (key, value) in Program) run.SetManifest(key, value);
        run.Set(RunSchema.Threads, get_num_threads());
        SetRanks();
        run.Set(RunSchema.Platform, Platform);
        run.Set(RunSchema.Processors, Environment.ProcessorCount);
        run.Set(RunSchema.Started, time.GetUtcNow());
        run.Set(RunSchema.Status, RunStatus.Running.Name());
        run.Commit();
    }

    private void SetRanks()
    {
        if (Communicator.World is not { } ranks) return;
        run.Set(RunSchema.Ranks, ranks.Size);
        run.Set(RunSchema.Mpi, ranks.Library);
    }

    /// <summary>Records the checksum of the data, the number of parameters and the audit; returns the fault that the audit
    /// found, or null.</summary>
    public string? Audit(Problem problem, NetworkStudy study)
    {
        CheckData(problem);
        run.Set(RunSchema.DatasetChecksum, problem.DataChecksum);
        if (problem.ParametersChecksum is { } parameters) run.Set(RunSchema.ParametersChecksum, parameters);
        run.Set(RunSchema.Parameters, problem.Model.Dimension);
        var (exact, precision) = ExperimentAudit.Run(problem, study);
        run.Set(RunSchema.Audit, RunJson.Node(exact.Checks));
        run.Set(RunSchema.AuditFloat32, RunJson.Node(precision.Checks));
        var engine = problem.EngineNotice is null ? study.Engine : DerivativeEngine.Autograd;
        run.Set(RunSchema.Engine, Names.Dashed(engine.ToString()));
        if (problem.EngineNotice is { } notice) run.AddEvent(0, RunSchema.EngineReplacedEvent, notice);
        return (exact.Fault ?? precision.Fault) is { } fault ? $"derivative audit: {fault}" : null;
    }

    /// <summary>Checks that the data and the initial parameters have the checksums of the manifest, where it has any: for a run
    /// that is resumed, or that repeats another one.</summary>
    /// <exception cref="ExperimentException">The data or the parameters differ.</exception>
    public void CheckData(Problem problem)
    {
        Check(RunSchema.DatasetChecksum, "data", problem.DataChecksum);
        if (problem.ParametersChecksum is { } parameters) Check(RunSchema.ParametersChecksum, "model.parameters", parameters);
    }

    /// <summary>Checks that a checksum equals that of the manifest, where it has one.</summary>
    /// <param name="key">Key of the manifest.</param>
    /// <param name="what">Source of the checked values, in the words of the experiment.</param>
    /// <param name="checksum">Checksum of these values.</param>
    /// <exception cref="ExperimentException">The checksums differ.</exception>
    public void Check(ManifestKey<string?> key, string what, string checksum)
    {
        if (run.Manifest().Get(key) is { } before && before != checksum)
        {
            throw new ExperimentException(
                $"{what}: changed since the run: the checksum is {checksum[..12]}..., and was {before[..12]}...; restore the original"
                    + " file");
        }
    }

    /// <summary>Commits the records and trims the heap, each at intervals. Must be called after every step.</summary>
    public void CommitIfDue()
    {
        if (time.GetElapsedTime(_memorySeen) > MemoryInterval)
        {
            ProcessMemory.ReturnUnused(UnusedMemory);
            _memorySeen = time.GetTimestamp();
        }
        if (time.GetElapsedTime(_committed) < CommitInterval) return;
        run.Commit(Seconds);
        _committed = time.GetTimestamp();
    }

    /// <summary>Records the end of a run, with the checksums of its tensor files, and writes its mark. Removes the checkpoints of
    /// a completed or stable run, which is never resumed.</summary>
    /// <param name="status">Status in which the run ends.</param>
    /// <param name="message">Reason for the status, in one line.</param>
    public RunSummary End(RunStatus status, string message)
    {
        var seconds = Seconds;
        run.Set(RunSchema.Status, status.Name());
        run.Set(RunSchema.Message, message);
        run.Set(RunSchema.Seconds, seconds);
        using (var process = Process.GetCurrentProcess()) run.Set(RunSchema.PeakMemoryMb, process.PeakWorkingSet64 >> 20);
        if (TensorFiles.Checksums(run.Folder) is { Count: > 0 } files) run.Set(RunSchema.Files, files);
        run.Commit(seconds);
        run.Mark();
        // A run that is complete is not resumed.
        if (status is RunStatus.Completed or RunStatus.Stable) CheckpointFiles.Clear(run.Folder);
        return new(run.Folder, status, message, seconds);
    }
}
