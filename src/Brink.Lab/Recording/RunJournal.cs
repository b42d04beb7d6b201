using System.Reflection;
using System.Runtime.InteropServices;
using Brink.Native;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>What every run says of itself, whatever its study: where it comes from, its audit, how it
/// ended.</summary>
public sealed class RunJournal(RunWriter run, TimeProvider time)
{
    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromSeconds(5);

    // Beside what is in use: as much as a few steps turn over, so that their pages are not faulted in again and again.
    private const long UnusedMemory = 512L << 20;

    private static readonly string[] Version = typeof(RunJournal).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion
        .Split('+');

    private readonly long _started = time.GetTimestamp();
    private double _before;   // seconds of the processes that the run went on from
    private long _committed = time.GetTimestamp();
    private long _memorySeen = time.GetTimestamp();

    /// <summary>What decides the numbers of a run beside its experiment.</summary>
    public static IReadOnlyList<(string Key, string? Value)> Program { get; } =
        [("version", Version[0]), ("commit", Version.Length > 1 ? Version[1] : null), ("libtorch", torch.__version__)];

    public static string Platform =>
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>What the run has taken, by all its processes.</summary>
    public double Seconds => _before + time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Begins a run that can be resumed: its study is saved in the store and in a file beside it.</summary>
    /// <param name="name">The name of the run.</param>
    /// <param name="study">What is run.</param>
    public void Begin(string name, Study study)
    {
        var experiment = StudyYaml.Write(study);
        File.WriteAllText(Path.Combine(run.Folder, RunFolders.ExperimentFile), experiment);
        run.Set(RunSchema.Seed, study.Seed);
        Begin(name, study.Kind, experiment);
    }

    /// <summary>The run goes on after what it had taken so far.</summary>
    public void GoOn(double seconds) => _before = seconds;

    /// <summary>Begins a run that is made in one go.</summary>
    /// <param name="name">The name of the run.</param>
    /// <param name="kind">The kind of study.</param>
    /// <param name="experiment">Everything that was asked for, one line each; null where nothing was.</param>
    public void Begin(string name, string kind, string? experiment)
    {
        run.Set(RunSchema.Kind, kind);
        if (experiment is not null) run.Set(RunSchema.Experiment, experiment);
        run.Set(RunSchema.Name, name);
        foreach (var (key, value) in Program) run.SetManifest(key, value);
        run.Set(RunSchema.Threads, get_num_threads());
        run.Set(RunSchema.Platform, Platform);
        run.Set(RunSchema.Processors, Environment.ProcessorCount);
        run.Set(RunSchema.Started, time.GetUtcNow());
        run.Set(RunSchema.Status, RunStatus.Running.Name());
        run.Commit();
    }

    /// <summary>The data's checksum, the number of parameters and the audit; the fault that the audit found, or
    /// null.</summary>
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

    /// <summary>That the data and the initial parameters are those that the manifest says, where it says any: of a run that
    /// goes on, or that repeats another one.</summary>
    /// <exception cref="ExperimentException">They are others.</exception>
    public void CheckData(Problem problem)
    {
        Check(RunSchema.DatasetChecksum, "data", problem.DataChecksum);
        if (problem.ParametersChecksum is { } parameters) Check(RunSchema.ParametersChecksum, "model.parameters", parameters);
    }

    /// <summary>That what is read is what the manifest says, where it says anything.</summary>
    /// <param name="key">Of the manifest.</param>
    /// <param name="what">What is read, in the words of the experiment.</param>
    /// <param name="checksum">Of what is read.</param>
    /// <exception cref="ExperimentException">It is another.</exception>
    public void Check(ManifestKey<string?> key, string what, string checksum)
    {
        if (run.Manifest().Get(key) is { } before && before != checksum)
            throw new ExperimentException($"{what}: not those of the run: their checksum is {checksum[..12]}..., and was {before[..12]}...");
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
        var seconds = Seconds;
        run.Set(RunSchema.Status, status.Name());
        run.Set(RunSchema.Message, message);
        run.Set(RunSchema.Seconds, seconds);
        if (LeftFiles.Checksums(run.Folder) is { Count: > 0 } files) run.Set(RunSchema.Files, files);
        run.Mark();
        // Nothing goes on from a run that came to its end.
        if (status is RunStatus.Completed or RunStatus.Stable) CheckpointFiles.Clear(run.Folder);
        return new(run.Folder, status, message, seconds);
    }
}
