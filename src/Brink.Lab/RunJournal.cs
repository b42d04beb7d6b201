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

    public void Begin(string name, Study study) => Begin(name, study.Kind, ExperimentYaml.Write(study), study.Seed);

    /// <param name="name">What the run is called.</param>
    /// <param name="kind">Of what study it is: who goes on with it.</param>
    /// <param name="experiment">In YAML; JSON is some, too.</param>
    /// <param name="seed">Of all chance in it.</param>
    public void Begin(string name, string kind, string experiment, long seed)
    {
        File.WriteAllText(Path.Combine(run.Folder, RunFolders.ExperimentFile), experiment);
        run.SetManifest("study", kind);
        run.SetManifest("experiment", experiment);
        run.SetManifest("seed", seed);
        Begin(name);
    }

    /// <summary>The run goes on after what it had taken so far.</summary>
    public void GoOn(double seconds) => _before = seconds;

    public void Begin(string name)
    {
        run.SetManifest("name", name);
        foreach (var (key, value) in Program) run.SetManifest(key, value);
        run.SetManifest("threads", get_num_threads());
        run.SetManifest("platform", Platform);
        run.SetManifest("processors", Environment.ProcessorCount);
        run.SetManifest("started", time.GetUtcNow());
        run.SetManifest("status", RunStatus.Running.Name());
        run.Commit();
    }

    /// <summary>The data's checksum, the number of parameters and the audit; the fault that the audit found, or
    /// null.</summary>
    public string? Audit(Problem problem, Study study)
    {
        CheckData(problem);
        run.SetManifest("dataset_checksum", problem.DataChecksum);
        if (problem.ParametersChecksum is { } parameters) run.SetManifest("parameters_checksum", parameters);
        run.SetManifest("parameters", problem.Model.Dimension);
        var (exact, precision) = ExperimentAudit.Run(problem, study);
        run.SetManifest("audit", exact.Checks);
        run.SetManifest("audit_float32", precision.Checks);
        var engine = problem.EngineNotice is null ? study.Engine : DerivativeEngine.Autograd;
        run.SetManifest("engine", ExperimentYaml.Dashed(engine.ToString()));
        if (problem.EngineNotice is { } notice) run.AddEvent(0, "engine_replaced", notice);
        return (exact.Fault ?? precision.Fault) is { } fault ? $"derivative audit: {fault}" : null;
    }

    /// <summary>That the data and the initial parameters are those that the manifest says, where it says any: of a run that
    /// goes on, or that repeats another one.</summary>
    /// <exception cref="ExperimentException">They are others.</exception>
    public void CheckData(Problem problem)
    {
        Check("dataset_checksum", "data", problem.DataChecksum);
        if (problem.ParametersChecksum is { } parameters) Check("parameters_checksum", "model.parameters", parameters);
    }

    /// <summary>That what is read is what the manifest says, where it says anything.</summary>
    /// <param name="key">Of the manifest.</param>
    /// <param name="what">What is read, in the words of the experiment.</param>
    /// <param name="checksum">Of what is read.</param>
    /// <exception cref="ExperimentException">It is another.</exception>
    public void Check(string key, string what, string checksum)
    {
        if (run.Manifest().Text(key) is { } before && before != checksum)
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
        run.SetManifest("status", status.Name());
        run.SetManifest("message", message);
        run.SetManifest("seconds", seconds);
        if (LeftFiles.Checksums(run.Folder) is { Count: > 0 } files) run.SetManifest(LeftFiles.Key, files);
        run.Mark();
        // Nothing goes on from a run that came to its end.
        if (status is RunStatus.Completed or RunStatus.Stable) CheckpointFiles.Clear(run.Folder);
        return new(run.Folder, status, message, seconds);
    }
}
