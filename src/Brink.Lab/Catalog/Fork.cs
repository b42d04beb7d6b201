using Brink.Runs;

namespace Brink.Lab;

/// <summary>A branch of a run: the same states up to a step, and other settings from there on. Without other settings every number
/// is that of the parent, bit for bit.</summary>
/// <param name="Parent">Folder of the parent.</param>
/// <param name="Step">Step of the last common state, from the initial one.</param>
/// <param name="Settings">Settings of the branch, as path=value.</param>
public sealed record Fork(string Parent, long Step, IReadOnlyList<string> Settings)
{
    // A state belongs to its data, its network and its random draws.
    private static readonly string[] Shared = ["data", "model", "seed"];

    /// <summary>Makes the branch up to the step, from the parent's newest checkpoint before it or, without one, from the
    /// beginning.</summary>
    /// <param name="folder">Folder of the branch; it must be new or empty.</param>
    /// <param name="name">Name of the branch.</param>
    /// <param name="time">Source of time.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Ends the computation; nothing of the branch is kept.</param>
    /// <returns>The branch at its step, to be continued.</returns>
    /// <exception cref="ExperimentException">The parent has no such step, it cannot have branches, or a setting is invalid.</exception>
    /// <exception cref="OperationCanceledException">The computation was cancelled.</exception>
    public Resumption Begin(
        string folder, string name, TimeProvider time, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        using var parent = RunReader.Open(Parent);
        var manifest = parent.Manifest();
        var study = Repetition.Of(manifest, Parent);
        var kind = StudyKinds.Standard.Named(study.Kind);
        if (kind.StepOf is null)
            throw new ExperimentException($"{Parent}: a run of the kind {kind.Name} has no single sequence of steps to branch from");
        var branch = Settings.Aggregate(study, With);
        if (parent.LastPoints().Select(point => point.Last.Step).DefaultIfEmpty(0).Max() is var last && (Step < 0 || Step > last))
            throw new ExperimentException($"--at {Step}: the run {Parent} has steps 0 to {last}");
        RunFolders.CheckNew(folder);
        // A process that was killed leaves such a folder.
        var partial = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        try
        {
            Compute(partial, manifest, study, kind, time, progress, cancellation);
            if (Directory.Exists(folder)) Directory.Delete(folder);
            Directory.Move(partial, folder);
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
        return Changed(folder, name, manifest, kind, branch, time);
    }

    private static Study With(Study study, string setting) =>
        Shared.FirstOrDefault(key => setting.TrimStart().StartsWith(key, StringComparison.Ordinal)
            && setting.TrimStart()[key.Length..] is ['.' or '=' or ' ', ..]) is { } shared
            ? throw new ExperimentException($"--set {setting}: a branch has the {shared} of its parent")
            : ExperimentYaml.With(study, setting);

    /// <summary>Computes the parent's run again up to the step, in a folder of its own.</summary>
    private void Compute(
        string folder,
        RunManifest manifest,
        Study study,
        StudyKind kind,
        TimeProvider time,
        Action<StudyProgress>? progress,
        CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (run, from) = Start(folder, kind);
        using var owned = run;
        if (from is null) Repetition.Expect(run, manifest);
        var work = kind.Of(study, run, time, CheckpointPace.Usual with { StopAt = Step });
        try
        {
            _ = from is null
                ? work.Run(manifest.Get(RunSchema.Name) ?? "", progress, cancellation)
                : work.Resume(from, progress, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The step is reached, or the user cancels.
        }
        cancellation.ThrowIfCancellationRequested();
        var reached = CheckpointFiles.All(folder) is [var newest, ..] ? kind.StepOf!(Checkpoint.Read(newest)) : -1;
        if (reached == Step) return;
        throw new ExperimentException(reached > Step
            ? $"--at {Step}: the state of this step cannot be restored; the next step where it can is {reached}"
            : $"--at {Step}: the run ends before this step: {run.Manifest().Get(RunSchema.Message)}");
    }

    /// <summary>Creates a run from the parent's newest checkpoint that is not after the step; without one, an empty run.</summary>
    private (RunWriter Run, Checkpoint? From) Start(string folder, StudyKind kind)
    {
        foreach (var file in CheckpointFiles.All(Parent))
        {
            if (Usable(file, kind) is not { } checkpoint) continue;
            var copy = RunCopy.Create(folder, Parent);
            if (copy.RollBack(checkpoint.Mark) is null) return (copy, checkpoint);
            // The store has changed since: an earlier checkpoint, or the beginning.
            copy.Dispose();
            Directory.Delete(folder, recursive: true);
        }
        return (RunWriter.Create(folder), null);
    }

    /// <summary>Reads a checkpoint; returns null if it is after the step, damaged, or of another version.</summary>
    private Checkpoint? Usable(string file, StudyKind kind)
    {
        try
        {
            var checkpoint = Checkpoint.Read(file);
            var written = new RunManifest(checkpoint.Mark.Manifest);
            var isOfThisProgram = RunJournal.Program.All(one => written.Text(one.Key) == one.Value);
            return isOfThisProgram && kind.StepOf!(checkpoint) <= Step ? checkpoint : null;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // Also where the run in progress has removed it.
            return null;
        }
    }

    /// <summary>Opens the computed run at the step, and gives it the settings and the origin of the branch.</summary>
    private Resumption Changed(string folder, string name, RunManifest parent, StudyKind kind, Study branch, TimeProvider time)
    {
        var run = RunWriter.Reopen(folder).Run;
        try
        {
            var at = Checkpoint.Read(CheckpointFiles.All(folder)[0]);
            if (run.RollBack(at.Mark) is { } difference) throw new RunStoreException($"{folder}: {difference}");
            var experiment = StudyYaml.Write(branch);
            File.WriteAllText(Path.Combine(folder, RunFolders.ExperimentFile), experiment);
            run.Set(RunSchema.Experiment, experiment);
            run.Set(RunSchema.Name, name);
            run.Set(RunSchema.Started, time.GetUtcNow());
            var origin = new Lineage(
                parent.Get(RunSchema.Name), Path.GetFullPath(Parent), parent.Get(RunSchema.Started), Step, Settings);
            run.Set(RunSchema.ForkedFrom, origin);
            if (Settings.Count > 0) run.AddEvent(Step, RunSchema.ForkedEvent, $"from here on {string.Join(", ", Settings)}");
            CheckpointFiles.Clear(folder);
            var from = at with { Mark = run.Mark() };
            from.Write(run.Folder);
            return new(run, from, name, kind, branch, []);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }
}
